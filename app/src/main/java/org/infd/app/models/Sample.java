package org.infd.app.models;

import java.nio.file.Path;
import java.util.Optional;
import org.infd.inference.generation.Recipe;

/**
 * A recipe to begin with.
 *
 * @param name two or three words for people
 * @param recipe makes its picture
 * @param thumbnail a small JPEG of that picture, made by this recipe with this version of the
 *     model; empty when there is none
 */
public record Sample(String name, Recipe recipe, Optional<Path> thumbnail) {}
