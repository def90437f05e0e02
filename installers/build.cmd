@echo off
rem Makes an installer for Windows: installers\build.cmd --type msi [--cuda]. Needs a JDK 25 in JAVA_HOME, Maven and the WiX tools.
setlocal
if not defined JAVA_HOME (
  echo Set JAVA_HOME to a JDK 25 or newer. 1>&2
  exit /b 1
)
"%JAVA_HOME%\bin\java" "-Dinfd.root=%~dp0.." "%~dp0Package.java" %*
