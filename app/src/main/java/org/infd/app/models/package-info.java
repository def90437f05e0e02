/** The models of this machine: what they are, whether they are whole, importing and removing. */
@org.jspecify.annotations.NullMarked
package org.infd.app.models;
