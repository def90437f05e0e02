@echo off
rem INFD Studio: builds what is not built, then runs it. Without arguments the studio opens;
rem "infd --help" lists the commands. INFD_CUDA=1 builds with the CUDA runtime, INFD_JAVA_OPTS
rem gives more arguments to the JVM. Delete app\target after changing sources.
setlocal
set "ROOT=%~dp0"
if "%ROOT:~-1%"=="\" set "ROOT=%ROOT:~0,-1%"
set "TARGET=%ROOT%\app\target"

set "JDK="
call :consider "%JAVA_HOME%"
for /d %%d in ("%ProgramFiles%\Eclipse Adoptium\*" "%ProgramFiles%\Java\*" "%ProgramFiles%\Microsoft\jdk*" "%ProgramFiles%\Zulu\*" "%USERPROFILE%\.jdks\*") do call :consider "%%~d"
if not defined JDK (
  echo JDK 25 or newer is required and none was found. Install one, or set JAVA_HOME to it. 1>&2
  exit /b 1
)

set "FLAVOUR=cpu"
set "PROFILE="
if "%INFD_CUDA%"=="1" (
  set "FLAVOUR=cuda"
  set "PROFILE=-Pcuda"
)

set "BUILT="
if exist "%TARGET%\infd.stamp" set /p BUILT=<"%TARGET%\infd.stamp"
if not "%BUILT%"=="%FLAVOUR%" call :build || exit /b 1

set "APP="
for %%j in ("%TARGET%\app-*.jar") do set "APP=%%~j"
"%JDK%\bin\java.exe" --module-path "%TARGET%\javafx" --add-modules javafx.controls,javafx.swing --enable-native-access=javafx.graphics,ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC -XX:MaxRAMPercentage=50 "-Dinfd.home=%ROOT%" -Dinfd.terminal=true %INFD_JAVA_OPTS% -cp "%APP%;%TARGET%\lib\*" org.infd.app.Main %*
exit /b %ERRORLEVEL%

:consider
if defined JDK exit /b 0
if not exist "%~1\bin\javac.exe" exit /b 0
if not exist "%~1\release" exit /b 0
for /f "tokens=2 delims==." %%v in ('findstr /b "JAVA_VERSION=" "%~1\release"') do call :accept "%~1" %%v
exit /b 0

:accept
set "VERSION=%~2"
set "VERSION=%VERSION:"=%"
if %VERSION% GEQ 25 set "JDK=%~1"
exit /b 0

:build
echo Building INFD Studio (%FLAVOUR%); the first time this downloads libraries and takes minutes. 1>&2
if not exist "%TARGET%" mkdir "%TARGET%"
if exist "%TARGET%\lib" rmdir /s /q "%TARGET%\lib"
if exist "%TARGET%\javafx" rmdir /s /q "%TARGET%\javafx"
set "JAVA25_HOME=%JDK%"
if not defined JAVA_HOME set "JAVA_HOME=%JDK%"
pushd "%ROOT%"
call mvn -B -DskipTests -Dformat.skip %PROFILE% -pl app -am package > "%TARGET%\build.log" 2>&1
set "CODE=%ERRORLEVEL%"
popd
if not "%CODE%"=="0" (
  echo The build failed. The whole log is in %TARGET%\build.log 1>&2
  exit /b 1
)
> "%TARGET%\infd.stamp" echo %FLAVOUR%
exit /b 0
