/** Work in the background, one piece at a time, that can be cancelled and may fail. */
@org.jspecify.annotations.NullMarked
package org.infd.app.work;
