namespace Baltoro.Protocol.Json;

/// <summary>Builds field paths as people write them: <c>messages[0].content[2].type</c>.</summary>
internal static class JsonPath
{
    public static string Member(string parent, string name) => parent.Length == 0 ? name : $"{parent}.{name}";

    public static string Item(string parent, int index) => $"{parent}[{index}]";
}
