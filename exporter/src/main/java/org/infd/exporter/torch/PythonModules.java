package org.infd.exporter.torch;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Top-level modules whose functions and classes can act on a machine when they are called: those of
 * Python itself, and libraries known for running programs, fetching files or loading code.
 */
final class PythonModules {
  private static final Set<String> OWN =
      words(
          """
          BaseHTTPServer Bastion ConfigParser Queue SocketServer StringIO Tkinter UserDict UserList
          UserString __builtin__ __future__ _abc _aix_support _android_support _apple_support _ast
          _asyncio _bisect _blake2 _bootsubprocess _bz2 _codecs _codecs_cn _codecs_hk _codecs_iso2022
          _codecs_jp _codecs_kr _codecs_tw _collections _collections_abc _compat_pickle _compression
          _contextvars _crypt _csv _ctypes _curses _curses_panel _datetime _dbm _decimal _elementtree
          _frozen_importlib _frozen_importlib_external _functools _gdbm _hashlib _heapq _imp
          _interpreters _io _json _locale _lsprof _lzma _markupbase _md5 _msi _multibytecodec
          _multiprocessing _opcode _operator _osx_support _overlapped _pickle _posixshmem
          _posixsubprocess _py_abc _pydecimal _pyio _pyrepl _queue _random _scproxy _sha1 _sha256
          _sha3 _sha512 _signal _sitebuiltins _socket _sqlite3 _sre _ssl _stat _statistics _string
          _strptime _struct _symtable _testcapi _testinternalcapi _thread _threading_local _tkinter
          _tokenize _tracemalloc _typing _uuid _warnings _weakref _weakrefset _winapi _zoneinfo abc
          aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit audioop
          base64 bdb binascii bisect builtins bz2 cPickle cProfile cStringIO calendar cgi cgitb chunk
          cmath cmd code codecs codeop collections colorsys commands compileall compression concurrent
          configparser contextlib contextvars copy copy_reg copyreg crypt csv ctypes curses
          dataclasses datetime dbm decimal difflib dis distutils doctest email encodings ensurepip
          enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc
          genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http
          httplib idlelib ihooks imaplib imghdr imp importlib imputil inspect io ipaddress itertools
          json keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes
          mmap modulefinder msilib msvcrt multiprocessing netrc new nis nntplib nt ntpath nturl2path
          numbers opcode operator optparse os os2 ossaudiodev pathlib pdb pickle pickletools pipes
          pkgutil platform plistlib popen2 poplib posix posixpath pprint profile pstats pty pwd
          py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource
          rexec rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtpd
          smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat
          statistics string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny
          tarfile telnetlib tempfile termios test textwrap this threading time timeit tkinter token
          tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata
          unittest urllib urllib2 uu uuid venv warnings wave weakref webbrowser winreg winsound
          wsgiref xdrlib xml xmlrpc xmlrpclib zipapp zipfile zipimport zlib zoneinfo
          """);

  private static final Set<String> LIBRARIES =
      words(
          """
          __torch__ IPython _pytest aiohttp apt bentoml boto boto3 botocore bs4 celery cffi cloudpickle cupy
          dask dill distributed distlib django docker eventlet fabric flask fsspec gevent httpx huggingface_hub
          invoke ipykernel jax jinja2 joblib jsonpickle jupyter jupyter_client jupyter_core keras libcloud llvmlite
          mako mlflow nltk nose numba numexpr numpy onnx onnxruntime paddle pandas paramiko pexpect pip
          pkg_resources plumbum polars psutil ptyprocess py pydash pyarrow pytest pywin ray requests rpyc ruamel
          s3fs scipy setuptools sh sklearn spacy sqlalchemy sympy tensorflow tornado torch torchaudio torchvision
          triton twisted urllib3 uvloop wandb werkzeug wheel win32api win32com win32process yaml zmq
          """);

  private PythonModules() {}

  private static Set<String> words(String text) {
    return Arrays.stream(text.split("\\s+"))
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether calling something of this module could do more than build a value. */
  static boolean canAct(String module) {
    int dot = module.indexOf('.');
    var root = dot < 0 ? module : module.substring(0, dot);
    return OWN.contains(root) || LIBRARIES.contains(root);
  }
}
