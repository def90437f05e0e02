/**
 * Layouts: boxes with prompts, scored by CLIP on rendered crops, and sampling that follows them.
 */
@org.jspecify.annotations.NullMarked
package org.infd.inference.guidance;
