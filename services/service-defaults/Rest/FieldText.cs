using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Moderation.ServiceDefaults.Rest;

/// <summary>The textual forms of proto3 JSON: what a query parameter or a JSON string may say for a field.</summary>
internal static class FieldText
{
    /// <summary>Whether a message is written as a string: times and spans.</summary>
    public static bool IsText(MessageDescriptor type)
        => type.FullName == Timestamp.Descriptor.FullName || type.FullName == Duration.Descriptor.FullName || type.FullName == FieldMask.Descriptor.FullName;

    /// <summary>Whether <paramref name="text"/> is a value of <paramref name="field"/>, which is no string, bytes or message with fields.</summary>
    public static bool Is(FieldDescriptor field, string text) => field.FieldType switch
    {
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        FieldType.UInt32 or FieldType.Fixed32 => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        FieldType.UInt64 or FieldType.Fixed64 => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        FieldType.Float or FieldType.Double => text is "NaN" or "Infinity" or "-Infinity"
            || double.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out _),
        FieldType.Enum => field.EnumType.FindValueByName(text) is not null,
        FieldType.Message when field.MessageType.FullName == Timestamp.Descriptor.FullName => Parses<Timestamp>(text),
        FieldType.Message when field.MessageType.FullName == Duration.Descriptor.FullName => Parses<Duration>(text),
        FieldType.Message when field.MessageType.FullName == FieldMask.Descriptor.FullName => Parses<FieldMask>(text),
        _ => false,
    };

    /// <summary>Whether <paramref name="text"/>, from a query, is a value of <paramref name="field"/>.</summary>
    public static bool IsQuery(FieldDescriptor field, string text) => field.FieldType switch
    {
        FieldType.String or FieldType.Bytes => true,
        FieldType.Bool => bool.TryParse(text, out _),
        _ => Is(field, text),
    };

    /// <summary>What would be right, in words.</summary>
    public static string Expected(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => "a string of whole Unicode characters",
        FieldType.Bytes => "a string of standard base64 with padding",
        FieldType.Bool => "true or false",
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => "a whole number of 32 bits",
        FieldType.UInt32 or FieldType.Fixed32 => "a whole number of 32 bits, 0 or above",
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => "a whole number of 64 bits, as a string or a number",
        FieldType.UInt64 or FieldType.Fixed64 => "a whole number of 64 bits, 0 or above, as a string or a number",
        FieldType.Float or FieldType.Double => "a number",
        FieldType.Enum => "one of " + string.Join(", ", field.EnumType.Values.Where(v => v.Number != 0).Select(v => v.Name)),
        FieldType.Message when field.MessageType.FullName == Timestamp.Descriptor.FullName => "a time as RFC 3339 has it, such as \"2030-01-31T12:00:00Z\"",
        FieldType.Message when field.MessageType.FullName == Duration.Descriptor.FullName => "a span in seconds, such as \"1.5s\"",
        FieldType.Message when field.MessageType.FullName == FieldMask.Descriptor.FullName => "names of fields with commas between them",
        _ => "a JSON object",
    };

    private static bool Parses<T>(string text)
        where T : IMessage, new()
    {
        try
        {
            JsonParser.Default.Parse<T>(JsonEncode(text));
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return false; // a field mask that has no canonical form
        }
    }

    private static string JsonEncode(string text) => System.Text.Json.JsonSerializer.Serialize(text, TextContext.Default.String);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class TextContext : System.Text.Json.Serialization.JsonSerializerContext;
