using System.Globalization;
using System.Text.Json;
using Moderation.Enforcement.Cel;

namespace Moderation.Enforcement.Tests.Cel;

/// <summary>Reads the specification's tests: their values, types and whether they need what policies have not.</summary>
internal static class ConformanceFile
{
    /// <summary>Where the tests lie; null when the folder is absent.</summary>
    public static string? FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", "cel");
            if (Directory.Exists(candidate))
                return candidate;
        }
        return null;
    }

    public static CelValue ReadValue(JsonElement element)
    {
        var property = element.EnumerateObject().First();
        var value = property.Value;
        return property.Name switch
        {
            "nullValue" => CelValue.Null,
            "boolValue" => CelValue.Of(value.GetBoolean()),
            "int64Value" => CelValue.Of(long.Parse(value.GetString() ?? "", CultureInfo.InvariantCulture)),
            "uint64Value" => CelValue.Of(ulong.Parse(value.GetString() ?? "", CultureInfo.InvariantCulture)),
            "doubleValue" => CelValue.Of(ReadDouble(value)),
            "stringValue" => CelValue.Of(value.GetString() ?? ""),
            "bytesValue" => CelValue.Of(value.GetBytesFromBase64()),
            "typeValue" => CelValue.OfType(value.GetString() ?? ""),
            "listValue" => CelValue.Of(CelList.Of([.. Items(value, "values").Select(ReadValue)])),
            "mapValue" => ReadMap(value),
            "objectValue" => ReadObject(value),
            _ => throw new NotSupportedException(property.Name),
        };
    }

    public static CelType ReadType(JsonElement element)
    {
        var property = element.EnumerateObject().First();
        var value = property.Value;
        return property.Name switch
        {
            "primitive" => value.GetString() switch
            {
                "BOOL" => CelType.Bool,
                "INT64" => CelType.Int,
                "UINT64" => CelType.UInt,
                "DOUBLE" => CelType.Double,
                "STRING" => CelType.String,
                "BYTES" => CelType.Bytes,
                var other => throw new NotSupportedException(other),
            },
            "null" => CelType.Null,
            "dyn" => CelType.Dyn,
            "wellKnown" when value.GetString() == "TIMESTAMP" => CelType.Timestamp,
            "wellKnown" when value.GetString() == "DURATION" => CelType.Duration,
            "messageType" when value.GetString() == "google.protobuf.Timestamp" => CelType.Timestamp,
            "messageType" when value.GetString() == "google.protobuf.Duration" => CelType.Duration,
            "listType" => CelType.List(ReadType(value.GetProperty("elemType"))),
            "mapType" => CelType.Map(ReadType(value.GetProperty("keyType")), ReadType(value.GetProperty("valueType"))),
            _ => throw new NotSupportedException(property.Name),
        };
    }

    private static double ReadDouble(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? value.GetDouble()
        : value.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var other => double.Parse(other ?? "", CultureInfo.InvariantCulture),
        };

    private static JsonElement.ArrayEnumerator Items(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out var items) ? items.EnumerateArray() : default;

    private static CelValue ReadMap(JsonElement value)
    {
        var entries = Items(value, "entries").ToList();
        CelFault fault = default;
        return CelValue.Of(CelCollections.MakeMap(
            [.. entries.Select(e => ReadValue(e.GetProperty("key")))], [.. entries.Select(e => ReadValue(e.GetProperty("value")))], 0, ref fault));
    }

    private static CelValue ReadObject(JsonElement value)
    {
        var text = value.TryGetProperty("value", out var inner) && inner.ValueKind == JsonValueKind.String ? inner.GetString() ?? "" : "";
        CelFault fault = default;
        return value.GetProperty("@type").GetString() switch
        {
            "type.googleapis.com/google.protobuf.Timestamp" => CelValue.Of(CelConversion.StringToTimestamp(text, 0, ref fault)),
            "type.googleapis.com/google.protobuf.Duration" => CelValue.Of(CelConversion.StringToDuration(text, 0, ref fault)),
            var other => throw new NotSupportedException(other),
        };
    }
}
