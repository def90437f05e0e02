/**
 * The dive: a field goes on below its scale. Where a view is finer than what the field was made
 * for, squares of the picture in sight are encoded, sampled on and decoded into fields of their
 * own, children, and {@link org.infd.inference.dive.DiveComposite} puts them together so that the
 * picture above stays as it is. Children have children.
 */
@NullMarked
package org.infd.inference.dive;

import org.jspecify.annotations.NullMarked;
