/** INFD Studio: the window and the command line. */
@org.jspecify.annotations.NullMarked
package org.infd.app;
