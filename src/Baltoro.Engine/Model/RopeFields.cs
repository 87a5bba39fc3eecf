namespace Baltoro.Engine.Model;

/// <summary>Reads the rotary fields, older (<c>rope_theta</c>, <c>rope_scaling</c>) or newer (<c>rope_parameters</c>) form.</summary>
internal static class RopeFields
{
    private static readonly string[] YarnNames =
    [
        "type", "rope_type", "rope_theta", "factor", "original_max_position_embeddings", "beta_fast", "beta_slow", "mscale",
        "mscale_all_dim",
    ];

    /// <summary>The base and the scaling; both forms at once must say the same.</summary>
    public static (double Theta, YarnScaling? Yarn) Read(ConfigFields text)
    {
        ConfigFields? parameters = text.Object("rope_parameters");
        double? outerTheta = text.OptionalNumber("rope_theta", 1);
        double? innerTheta = parameters?.OptionalNumber("rope_theta", 1);
        if (outerTheta is not null && innerTheta is not null && outerTheta != innerTheta)
        {
            throw text.Wrong("rope_parameters.rope_theta", $"{outerTheta} as in rope_theta", $"{innerTheta}");
        }

        double theta = innerTheta ?? outerTheta ?? throw text.Wrong("rope_theta", "a number", "nothing");
        ConfigFields? scaling = text.Object("rope_scaling");
        YarnScaling? old = scaling is null ? null : ReadScaling(scaling);
        YarnScaling? current = parameters is null ? null : ReadScaling(parameters);
        if (scaling is not null && parameters is not null && old != current)
        {
            throw text.Wrong("rope_parameters", "the same as rope_scaling", "something else");
        }

        return (theta, current ?? old);
    }

    /// <summary>Fields of either object that this version knows nothing about.</summary>
    public static IEnumerable<string> Unknown(ConfigFields text)
    {
        HashSet<string> known = [.. YarnNames];
        return [.. text.Object("rope_scaling")?.Unread(known) ?? [], .. text.Object("rope_parameters")?.Unread(known) ?? []];
    }

    private static YarnScaling? ReadScaling(ConfigFields rope)
    {
        string older = rope.Choice("type", "default", "default", "yarn");
        string type = rope.Choice("rope_type", older, "default", "yarn");
        if (rope.Has("type") && older != type)
        {
            throw rope.Wrong("rope_type", $"'{older}' as in type", $"'{type}'");
        }

        if (type == "default")
        {
            return null;
        }

        double factor = rope.OptionalNumber("factor", 0)
            ?? throw rope.Wrong("factor", "a number of at least 1 (the type is yarn)", "nothing");
        if (factor < 1)
        {
            throw rope.Wrong("factor", "at least 1", $"{factor}");
        }

        YarnScaling yarn = new(
            factor,
            rope.OptionalInt("original_max_position_embeddings", 1)
                ?? throw rope.Wrong("original_max_position_embeddings", "an integer (the type is yarn)", "nothing"),
            rope.OptionalNumber("beta_fast", 0) ?? 32,
            rope.OptionalNumber("beta_slow", 0) ?? 1,
            rope.OptionalNumber("mscale", 0, orEqual: true) ?? 1,
            rope.OptionalNumber("mscale_all_dim", 0, orEqual: true) ?? 0);
        return yarn.BetaFast >= yarn.BetaSlow
            ? yarn
            : throw rope.Wrong("beta_fast", $"at least beta_slow ({yarn.BetaSlow})", $"{yarn.BetaFast}");
    }
}
