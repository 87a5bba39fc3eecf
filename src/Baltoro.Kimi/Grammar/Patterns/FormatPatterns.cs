namespace Baltoro.Kimi.Grammar.Patterns;

/// <summary>
/// Formats as anchored patterns. Each accepts only texts that are valid for the format in every common validator; where a
/// format allows rare spellings (leap seconds, quoted mail names), the pattern leaves them out.
/// </summary>
internal static class FormatPatterns
{
    private const string Year = @"\d{4}";
    private const string LeapYear = @"(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
    private const string Day = $@"(?:{Year}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))|{LeapYear}-02-29)";
    private const string Clock = @"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)";
    private const string UriHost = "[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?";
    private const string Octet = @"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)";
    private const string Address4 = $@"{Octet}(?:\.{Octet}){{3}}";
    private const string Group = "[0-9a-fA-F]{1,4}";
    private const string UriChar = @"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";

    /// <summary>The pattern of <paramref name="format"/>, or null when it says nothing about strings.</summary>
    public static string? For(string format) => format switch
    {
        "date" => $"^{Day}$",
        "time" => $"^{Clock}$",
        "date-time" => $"^{Day}T{Clock}$",
        "uuid" => "^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$",
        "email" => $@"^[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~-]+)*@{ShortHost(1)}$",
        "hostname" => $"^{ShortHost(0)}$",
        "ipv4" => $"^{Address4}$",
        "ipv6" => $"^(?:{Address6()})$",
        "uri" => $@"^[A-Za-z][A-Za-z0-9+.-]*:(?://{UriHost}(?::\d{{1,5}})?(?:/{UriChar}*)*|{UriChar}+(?:/{UriChar}*)*)(?:\?(?:{UriChar}|[/?])*)?(?:#(?:{UriChar}|[/?])*)?$",
        "duration" => @"^P(?:\d+W|(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)(?:T(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S))?|T(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S))$",
        _ => null,
    };

    /// <summary>Host names of short labels, so that no length limit needs counting across labels.</summary>
    private static string ShortHost(int minDots)
    {
        const string Short = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?";
        return $@"{Short}(?:\.{Short}){{{minDots},6}}";
    }

    private static string Address6()
    {
        List<string> forms = [$"(?:{Group}:){{7}}{Group}", $"(?:{Group}:){{1,7}}:"];
        for (int before = 1; before <= 6; before++)
        {
            forms.Add($"(?:{Group}:){{1,{7 - before}}}(?::{Group}){{1,{before}}}".Replace("{1,1}", "{1}"));
        }

        forms.Add($":(?:(?::{Group}){{1,7}}|:)");
        return string.Join('|', forms);
    }
}
