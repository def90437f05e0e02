/** Files that come in: dialogs, drops, pasted pictures. */
@org.jspecify.annotations.NullMarked
package org.infd.app.opening;
