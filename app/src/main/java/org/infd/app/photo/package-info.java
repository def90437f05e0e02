/** Photos on their way to becoming fields: which square of them is taken. */
@org.jspecify.annotations.NullMarked
package org.infd.app.photo;
