/** Runs that make pictures: their queue, state, preview and remaining time. */
@org.jspecify.annotations.NullMarked
package org.infd.app.runs;
