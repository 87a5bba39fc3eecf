namespace Baltoro.Repo.Tests.Launchers;

/// <summary>Stand-ins for what installs and builds.</summary>
internal static class StandIns
{
    /// <summary>Prints its arguments, one a line, and ends with 7.</summary>
    public const string EchoProgram = "printf '%s\\n' \"$@\"; exit 7";

    /// <summary>Puts the program that a build yields, and a dotnet to install, beside the PATH.</summary>
    public static void Program(this Sandbox sandbox, string script = EchoProgram)
    {
        sandbox.Script("program", script);
        sandbox.Script("dotnet", """
            here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
            case "$1" in
              --list-sdks) echo "$(cat "$sandbox/sdk-version" 2>/dev/null || echo 10.0.401) [$here/sdk]" ;;
              publish)
                log "dotnet $*"
                . "$sandbox/build-result" 2>/dev/null
                while [ $# -gt 0 ]; do [ "$1" != -o ] || out="$2"; shift; done
                mkdir -p "$out" && cp "$sandbox/program" "$out/baltoro"
                ;;
              build) log "dotnet $*"; . "$sandbox/build-result" 2>/dev/null; true ;;
              format) log "dotnet $*" ;;
              *)
                name="$(basename "$1" .dll)"
                while [ $# -gt 0 ]; do [ "$1" != --results-directory ] || report="$2/$name.xml"; shift; done
                . "$sandbox/suites/$name"
                ;;
            esac
            """);
    }

    public static void InstalledDotnet(this Sandbox sandbox) =>
        File.CreateSymbolicLink(Path.Combine(sandbox.Bin, "dotnet"), Path.Combine(sandbox.Folder, "dotnet"));

    /// <summary>A distribution; its package may be there at once, after an update of the lists, or never.</summary>
    public static void Apt(this Sandbox sandbox, bool isListed, bool isListedAfterUpdate)
    {
        if (isListed)
        {
            sandbox.Write("listed", "");
        }

        sandbox.StandIn("apt-cache", "[ -f \"$sandbox/listed\" ]");
        sandbox.StandIn("apt-get", $$"""
            log "apt-get $*"
            case "$1" in
              update) {{(isListedAfterUpdate ? "touch \"$sandbox/listed\"" : "true")}} ;;
              install) ln -s "$sandbox/dotnet" "$sandbox/bin/dotnet" ;;
            esac
            """);
    }

    public static void Sudo(this Sandbox sandbox, bool asksNothing) =>
        sandbox.StandIn("sudo", asksNothing ? "log \"sudo $*\"; shift; exec \"$@\"" : "exit 1");

    /// <summary>curl that brings an install script, or fails.</summary>
    public static void Curl(this Sandbox sandbox, bool works)
    {
        sandbox.Script("install-script", """
            log "install-script $*"
            while [ $# -gt 0 ]; do [ "$1" != --install-dir ] || folder="$2"; shift; done
            mkdir -p "$folder" && cp "$sandbox/dotnet" "$folder/dotnet"
            """);
        sandbox.StandIn("curl", $$"""
            log "curl $*"
            {{(works ? "" : "exit 6")}}
            while [ $# -gt 0 ]; do [ "$1" != -o ] || cp "$sandbox/install-script" "$2"; shift; done
            """);
    }
}
