package org.infd.app.session;

import org.infd.app.viewer.SavedView;
import org.infd.inference.studio.Recipe;
import org.jspecify.annotations.Nullable;

/**
 * What the user was doing at a moment.
 *
 * @param recipe what was chosen for the next picture
 * @param guidance the guidance that was chosen, also where the recipe has no prompt to follow
 * @param seedLocked whether the seed was to stay
 * @param count how many pictures a run was to make
 * @param exportSide the side of exported pictures in pixels
 * @param file the field file that was open, or null
 * @param view where the user was in it, or null for the whole
 */
public record Session(
    Recipe recipe,
    double guidance,
    boolean seedLocked,
    int count,
    int exportSide,
    @Nullable String file,
    @Nullable SavedView view) {}
