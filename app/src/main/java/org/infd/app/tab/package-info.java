/** The pictures that are open, a tab each: one is looked at, the others cost little. */
@org.jspecify.annotations.NullMarked
package org.infd.app.tab;
