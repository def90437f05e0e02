/**
 * Controls and keys that more than one page uses. {@link org.infd.app.control.Shortcut} is the one
 * list of keys, from which dispatch, tooltips and the help sheet read.
 */
@org.jspecify.annotations.NullMarked
package org.infd.app.control;
