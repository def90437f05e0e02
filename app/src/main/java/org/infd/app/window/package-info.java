/** The window of the studio and the composition root, which builds all models and joins them. */
@org.jspecify.annotations.NullMarked
package org.infd.app.window;
