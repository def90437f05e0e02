/**
 * The engine of INFD Studio: from a bundle of graphs to the colours of any rectangle at any scale.
 */
@org.jspecify.annotations.NullMarked
package org.infd.inference;
