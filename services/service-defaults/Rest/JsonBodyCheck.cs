using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.ServiceDefaults.Rest;

/// <summary>
/// Holds a JSON body against the message that it is to become, and names all that is wrong with it at once, each with its field and what
/// would be right. The transcoder would stop at the first, without the field, and pass over names that no field has.
/// </summary>
internal static class JsonBodyCheck
{
    private const int MaxViolations = 50;
    private const int MaxEcho = 64;

    /// <summary>All that is wrong; empty when <paramref name="body"/> is a <paramref name="type"/> in proto3 JSON.</summary>
    public static IReadOnlyList<FieldViolation> Check(ReadOnlySpan<byte> body, MessageDescriptor type)
    {
        var found = new List<FieldViolation>();
        if (body.IsEmpty)
        {
            return [new("body", "must be a JSON object; {} is one without fields")];
        }

        if (!Utf8.IsValid(body))
        {
            return [new("body", $"must be UTF-8: the byte at offset {FirstInvalid(body)} begins no character")];
        }

        var reader = new Utf8JsonReader(body);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return [new("body", $"must be a JSON object, is {Kind(reader.TokenType)}")];
            }

            Message(ref reader, type, "", found);
            while (reader.Read())
            {
            }
        }
        catch (JsonException malformed)
        {
            found.Clear(); // what was found before may only be a consequence
            found.Add(new("body", $"must be JSON: line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1} is not"));
        }

        return found.Count <= MaxViolations ? found : found[..MaxViolations];
    }

    private static void Message(ref Utf8JsonReader reader, MessageDescriptor type, string path, List<FieldViolation> found)
    {
        var seen = new HashSet<FieldDescriptor>();
        var oneofs = new HashSet<OneofDescriptor>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Text(ref reader);
            reader.Read();
            var field = name is null ? null : type.Fields.InDeclarationOrder().FirstOrDefault(f => f.JsonName == name || f.Name == name);
            if (field is null)
            {
                found.Add(new(Join(path, Echo(name ?? "?")), $"is no field of {type.Name}: it has {Names(type)}"));
                reader.Skip();
                continue;
            }

            var at = Join(path, field.Name);
            if (!seen.Add(field))
            {
                found.Add(new(at, "is given twice"));
            }

            if (reader.TokenType == JsonTokenType.Null)
            {
                continue; // null is unset
            }

            if (field.RealContainingOneof is { } oneof && !oneofs.Add(oneof))
            {
                found.Add(new(at, $"can't be given with another of {string.Join(", ", oneof.Fields.Select(f => f.JsonName))}: give one of them"));
            }

            Field(ref reader, field, at, found);
        }
    }

    private static void Field(ref Utf8JsonReader reader, FieldDescriptor field, string at, List<FieldViolation> found)
    {
        if (field.IsMap)
        {
            if (!Is(ref reader, JsonTokenType.StartObject, at, "a JSON object", found))
            {
                return;
            }

            var value = field.MessageType.FindFieldByNumber(2);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = Echo(Text(ref reader) ?? "?");
                reader.Read();
                Value(ref reader, value, $"{at}[{key}]", found);
            }
        }
        else if (field.IsRepeated)
        {
            if (!Is(ref reader, JsonTokenType.StartArray, at, "a JSON array", found))
            {
                return;
            }

            for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
            {
                Value(ref reader, field, $"{at}[{i}]", found);
            }
        }
        else
        {
            Value(ref reader, field, at, found);
        }
    }

    private static void Value(ref Utf8JsonReader reader, FieldDescriptor field, string at, List<FieldViolation> found)
    {
        if (field.FieldType == FieldType.Message && !IsText(field.MessageType))
        {
            if (field.MessageType.File.Package == "google.protobuf")
            {
                reader.Skip(); // Struct, Any and the like have forms of their own; the transcoder reads them
            }
            else if (Is(ref reader, JsonTokenType.StartObject, at, "a JSON object", found))
            {
                Message(ref reader, field.MessageType, at, found);
            }

            return;
        }

        var right = reader.TokenType switch
        {
            JsonTokenType.String => StringIs(ref reader, field),
            JsonTokenType.Number => NumberIs(ref reader, field),
            JsonTokenType.True or JsonTokenType.False => field.FieldType == FieldType.Bool,
            _ => false,
        };
        if (!right)
        {
            found.Add(new(at, $"must be {Expected(field)}"));
            reader.Skip();
        }
    }

    private static bool StringIs(ref Utf8JsonReader reader, FieldDescriptor field)
    {
        switch (field.FieldType)
        {
            case FieldType.String:
                return Text(ref reader) is not null;
            case FieldType.Bytes:
                return reader.ValueIsEscaped ? reader.TryGetBytesFromBase64(out _) : Base64.IsValid(reader.ValueSpan);
            default:
                return Text(ref reader) is { } text && FieldText.Is(field, text);
        }
    }

    private static bool NumberIs(ref Utf8JsonReader reader, FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => reader.TryGetInt32(out _),
        FieldType.UInt32 or FieldType.Fixed32 => reader.TryGetUInt32(out _),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => reader.TryGetInt64(out _),
        FieldType.UInt64 or FieldType.Fixed64 => reader.TryGetUInt64(out _),
        FieldType.Float => reader.TryGetSingle(out var single) && float.IsFinite(single),
        FieldType.Double => reader.TryGetDouble(out var value) && double.IsFinite(value),
        FieldType.Enum => reader.TryGetInt32(out var number) && field.EnumType.FindValueByNumber(number) is not null,
        _ => false,
    };

    private static bool IsText(MessageDescriptor type) => FieldText.IsText(type);

    private static string Expected(FieldDescriptor field) => FieldText.Expected(field);

    private static bool Is(ref Utf8JsonReader reader, JsonTokenType type, string at, string expected, List<FieldViolation> found)
    {
        if (reader.TokenType == type)
        {
            return true;
        }

        found.Add(new(at, $"must be {expected}, is {Kind(reader.TokenType)}"));
        reader.Skip();
        return false;
    }

    // Null for an escape such as \ud800 that is half a character.
    private static string? Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.GetString();
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Kind(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "a boolean",
    };

    private static string Names(MessageDescriptor type)
        => type.Fields.InDeclarationOrder() is { Count: > 0 } fields ? string.Join(", ", fields.Select(f => f.JsonName)) : "none";

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    // What the caller wrote, cut and without what a log or a terminal would take for a command.
    internal static string Echo(string name)
        => string.Concat(name.Take(MaxEcho).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));

    private static int FirstInvalid(ReadOnlySpan<byte> body)
    {
        var at = 0;
        while (at < body.Length && Rune.DecodeFromUtf8(body[at..], out _, out var length) == OperationStatus.Done)
        {
            at += length;
        }

        return at;
    }
}
