/** What is shown while there is no picture: samples to begin with, and where to drop files. */
@org.jspecify.annotations.NullMarked
package org.infd.app.start;
