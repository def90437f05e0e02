/** A second picture over the open one, divided by a line that the user moves. */
@org.jspecify.annotations.NullMarked
package org.infd.app.compare;
