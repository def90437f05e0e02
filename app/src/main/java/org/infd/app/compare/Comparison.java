package org.infd.app.compare;

import java.util.Optional;
import org.infd.app.engine.Picture;
import org.infd.app.viewer.CompareView;
import org.infd.app.viewer.Field;

/**
 * A second picture that is looked at over the one that is open.
 *
 * @param names what the two are called
 * @param second the colours of the second
 * @param owned what is to be released afterwards
 */
public record Comparison(CompareView.Names names, Field second, Optional<Picture> owned) {}
