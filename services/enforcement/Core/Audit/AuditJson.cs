using System.Buffers;
using System.Text.Json;

namespace Moderation.Enforcement.Audit;

/// <summary>JSON as the archive writes it: one line, members in a fixed order.</summary>
internal static class AuditJson
{
    public static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="FormatException">It is no JSON object.</exception>
    public static JsonDocument Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            throw new FormatException("not a JSON object");
        }
        catch (JsonException wrong)
        {
            throw new FormatException(wrong.Message, wrong);
        }
    }

    public static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);

    public static byte[] Hex(JsonElement parent, string name) => Convert.FromHexString(Text(parent, name));

    public static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");
}
