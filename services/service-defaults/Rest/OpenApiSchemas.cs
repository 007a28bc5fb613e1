using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Moderation.ServiceDefaults.Rest;

/// <summary>Messages and enums of the contract as JSON schemas, in the forms of proto3 JSON; each is added when it is first referred to.</summary>
internal sealed class OpenApiSchemas
{
    private readonly SortedDictionary<string, JsonNode> _schemas = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sent;

    /// <summary>Starts without any.</summary>
    /// <param name="requests">What callers send: an enum in there loses its zero value where servers refuse it.</param>
    public OpenApiSchemas(IEnumerable<MessageDescriptor> requests)
    {
        _sent = [];
        foreach (var request in requests)
        {
            _sent.Add(request.FullName);
            AddSent(request);
        }

        foreach (var (name, schema) in OpenApiErrors.Schemas())
        {
            _schemas[name] = schema;
        }
    }

    /// <summary>All of them.</summary>
    public JsonObject ToJson() => new(_schemas.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value.DeepClone())));

    /// <summary>A field's schema, without its description.</summary>
    public JsonNode Of(FieldDescriptor field)
    {
        if (field.IsMap)
        {
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = Single(field.MessageType.FindFieldByNumber(2)) };
        }

        return field.IsRepeated ? new JsonObject { ["type"] = "array", ["items"] = Single(field) } : Single(field);
    }

    /// <summary>A reference to a message.</summary>
    public JsonNode Reference(MessageDescriptor type)
    {
        if (Known(type) is { } known)
        {
            return known;
        }

        var name = Name(type);
        if (_schemas.TryAdd(name, new JsonObject()))
        {
            _schemas[name] = Message(type, []);
        }

        return Reference(name);
    }

    /// <summary>A request without the fields that its path carries.</summary>
    public JsonNode BodyOf(MessageDescriptor type, IReadOnlyCollection<string> pathFields)
        => pathFields.Any(p => type.FindFieldByName(p) is not null) ? Message(type, pathFields) : Reference(type);

    private JsonObject Message(MessageDescriptor type, IReadOnlyCollection<string> without)
    {
        var properties = new JsonObject();
        foreach (var field in type.Fields.InDeclarationOrder().Where(f => !without.Contains(f.Name)))
        {
            var description = OpenApiDocument.Comment(field.FullName);
            if (field.RealContainingOneof is { } oneof)
            {
                description += $" At most one of {string.Join(", ", oneof.Fields.Select(f => f.JsonName))} is set.";
            }

            var property = Of(field).AsObject();
            property["description"] = description;
            properties[field.JsonName] = property;
        }

        var schema = new JsonObject
        {
            ["type"] = "object",
            ["description"] = OpenApiDocument.Comment(type.FullName),
            ["properties"] = properties,
        };
        if (_sent.Contains(type.FullName))
        {
            schema["additionalProperties"] = false; // an unknown name is refused; answers may gain fields
        }

        return schema;
    }

    private JsonObject Single(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => new JsonObject { ["type"] = "string" },
        FieldType.Bytes => new JsonObject { ["type"] = "string", ["contentEncoding"] = "base64" },
        FieldType.Bool => new JsonObject { ["type"] = "boolean" },
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => new JsonObject { ["type"] = "integer", ["format"] = "int32" },
        FieldType.UInt32 or FieldType.Fixed32 => new JsonObject { ["type"] = "integer", ["format"] = "uint32", ["minimum"] = 0 },
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Digits("int64", "^-?[0-9]+$"),
        FieldType.UInt64 or FieldType.Fixed64 => Digits("uint64", "^[0-9]+$"),
        FieldType.Float => new JsonObject { ["type"] = "number", ["format"] = "float" },
        FieldType.Double => new JsonObject { ["type"] = "number", ["format"] = "double" },
        FieldType.Enum => Reference(field.EnumType),
        _ => Reference(field.MessageType).AsObject(),
    };

    private JsonObject Reference(EnumDescriptor type)
    {
        var name = type.FullName[(type.File.Package.Length + 1)..];
        if (!_schemas.ContainsKey(name))
        {
            var values = type.Values.Where(v => v.Number != 0 || !IsRefused(v)).ToList();
            _schemas[name] = new JsonObject
            {
                ["type"] = "string",
                ["description"] = OpenApiDocument.Comment(type.FullName),
                ["enum"] = new JsonArray([.. values.Select(v => (JsonNode)v.Name)]),
                ["x-enum-descriptions"] = new JsonObject(values.Select(v => KeyValuePair.Create(v.Name, (JsonNode?)OpenApiDocument.Comment(v.FullName)))),
            };
        }

        return Reference(name);
    }

    // The comments of zero values say what they mean: refused, never sent, or a value like the others.
    private bool IsRefused(EnumValueDescriptor zero)
    {
        var comment = OpenApiDocument.Comment(zero.FullName);
        return comment.Contains("never sent", StringComparison.Ordinal)
            || (comment.Contains("refuse", StringComparison.Ordinal) && _sent.Contains(zero.EnumDescriptor.FullName));
    }

    private void AddSent(MessageDescriptor type)
    {
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            if (field.FieldType == FieldType.Enum)
            {
                _sent.Add(field.EnumType.FullName);
            }
            else if (field.FieldType == FieldType.Message && _sent.Add(field.MessageType.FullName))
            {
                AddSent(field.MessageType);
            }
        }
    }

    private static JsonObject? Known(MessageDescriptor type)
    {
        if (type.FullName == Timestamp.Descriptor.FullName)
        {
            return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        }

        if (type.FullName == Duration.Descriptor.FullName)
        {
            return new JsonObject { ["type"] = "string", ["format"] = "google-duration", ["pattern"] = "^-?[0-9]+(\\.[0-9]{1,9})?s$" };
        }

        if (type.FullName == FieldMask.Descriptor.FullName)
        {
            return new JsonObject { ["type"] = "string", ["format"] = "google-fieldmask" };
        }

        return type.FullName == Google.Rpc.Status.Descriptor.FullName ? Reference(OpenApiErrors.Status) : null;
    }

    private static JsonObject Digits(string format, string pattern) => new() { ["type"] = "string", ["format"] = format, ["pattern"] = pattern };

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    private static string Name(MessageDescriptor type) => type.FullName[(type.File.Package.Length + 1)..];
}
