namespace Baltoro.Engine.Weights.Gguf;

/// <summary>
/// One metadata value. <see cref="Value"/> is a <see cref="byte"/>, <see cref="sbyte"/>, <see cref="ushort"/>,
/// <see cref="short"/>, <see cref="uint"/>, <see cref="int"/>, <see cref="ulong"/>, <see cref="long"/>, <see cref="float"/>,
/// <see cref="double"/>, <see cref="bool"/> or <see cref="string"/>, or an array of one of these.
/// </summary>
public sealed class GgufValue
{
    private GgufValue(GgufValueType type, object value, GgufValueType? elementType)
    {
        Type = type;
        Value = value;
        ElementType = elementType;
    }

    public GgufValueType Type { get; }

    /// <summary>Type of the elements of an array.</summary>
    public GgufValueType? ElementType { get; }

    public object Value { get; }

    /// <summary>Wraps <paramref name="value"/>; throws <see cref="ArgumentException"/> for a type that metadata cannot hold.</summary>
    public static GgufValue From(object value)
    {
        GgufValueType? type = Classify(value.GetType());
        if (type is not null)
        {
            return new GgufValue(type.Value, value, null);
        }

        GgufValueType element = Classify(value.GetType().GetElementType())
            ?? throw new ArgumentException($"metadata cannot hold a {value.GetType()}", nameof(value));
        return new GgufValue(GgufValueType.Array, value, element);
    }

    /// <summary>The value as a whole number, when it is one.</summary>
    public long? AsInteger() => Value switch
    {
        byte v => v,
        sbyte v => v,
        ushort v => v,
        short v => v,
        uint v => v,
        int v => v,
        long v => v,
        ulong v when v <= long.MaxValue => (long)v,
        _ => null,
    };

    /// <summary>
    /// The value as a real number, when it is a number. A float32 becomes the number its shortest decimal names, so that
    /// 1e-5 stored as float32 is 1e-5 and not 9.999999747e-06, as in a config.json of the same model.
    /// </summary>
    public double? AsReal() => Value switch
    {
        float v when float.IsFinite(v) => double.Parse(v.ToString("R")),
        float v => v,
        double v => v,
        _ => AsInteger(),
    };

    public bool? AsBoolean() => Value as bool?;

    public string? AsText() => Value as string;

    /// <summary>The elements of an array of strings.</summary>
    public IReadOnlyList<string>? AsTexts() => Value as string[];

    /// <summary>The elements of an array of whole numbers, widened.</summary>
    public IReadOnlyList<long>? AsIntegers() => Value switch
    {
        int[] v => Array.ConvertAll(v, x => (long)x),
        uint[] v => Array.ConvertAll(v, x => (long)x),
        long[] v => v,
        ulong[] v when v.All(x => x <= long.MaxValue) => Array.ConvertAll(v, x => (long)x),
        short[] v => Array.ConvertAll(v, x => (long)x),
        ushort[] v => Array.ConvertAll(v, x => (long)x),
        sbyte[] v => Array.ConvertAll(v, x => (long)x),
        byte[] v => Array.ConvertAll(v, x => (long)x),
        _ => null,
    };

    /// <summary>For messages: type and value, cut short.</summary>
    public override string ToString() => Value switch
    {
        Array array => $"{ElementType}[{array.Length}]",
        string text => text.Length <= 40 ? $"\"{text}\"" : $"\"{text[..40]}…\"",
        _ => $"{Type} {Value}",
    };

    private static GgufValueType? Classify(Type? type) => type switch
    {
        _ when type == typeof(byte) => GgufValueType.UInt8,
        _ when type == typeof(sbyte) => GgufValueType.Int8,
        _ when type == typeof(ushort) => GgufValueType.UInt16,
        _ when type == typeof(short) => GgufValueType.Int16,
        _ when type == typeof(uint) => GgufValueType.UInt32,
        _ when type == typeof(int) => GgufValueType.Int32,
        _ when type == typeof(ulong) => GgufValueType.UInt64,
        _ when type == typeof(long) => GgufValueType.Int64,
        _ when type == typeof(float) => GgufValueType.Float32,
        _ when type == typeof(double) => GgufValueType.Float64,
        _ when type == typeof(bool) => GgufValueType.Boolean,
        _ when type == typeof(string) => GgufValueType.Text,
        _ => null,
    };
}
