/**
 * Work outside the UI thread: jobs that can be cancelled and may fail, queues of file writes,
 * notices that tell the user what came of it, and undo.
 */
@org.jspecify.annotations.NullMarked
package org.infd.app.work;
