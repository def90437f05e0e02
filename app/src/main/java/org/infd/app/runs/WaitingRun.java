package org.infd.app.runs;

import org.infd.inference.generation.Recipe;

/**
 * Pictures that were still to be made.
 *
 * @param recipe the first of them
 * @param count how many, with one seed after the other
 */
public record WaitingRun(Recipe recipe, int count) {}
