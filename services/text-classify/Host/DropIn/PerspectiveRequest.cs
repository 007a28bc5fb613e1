using System.Text;
using System.Text.Json;
using Moderation.TextClassify.DropIn;

namespace Moderation.TextClassify.Host.DropIn;

/// <summary>An attribute that was asked for, under the name that it was asked by.</summary>
internal sealed record RequestedAttribute(string Name, PerspectiveAttribute Attribute, float Threshold);

/// <summary>
/// A request to Perspective's API, held against its documentation. Fields may be in either of proto3 JSON's spellings, as at Google. The
/// conversation around a comment is read and not used; what is said of sessions and communities means nothing here.
/// </summary>
internal sealed class PerspectiveRequest
{
    private const int MaxTextBytes = 20 * 1024;
    private static readonly string[] Fields =
        ["comment", "context", "requestedAttributes", "spanAnnotations", "languages", "doNotStore", "clientToken", "sessionId", "communityId"];
    private static readonly string[] SuggestFields = ["comment", "context", "attributeScores", "languages", "communityId", "clientToken"];

    private PerspectiveRequest(string text, IReadOnlyList<string> languages, string? clientToken) => (Text, Languages, ClientToken) = (text, languages, clientToken);

    public string Text { get; }

    /// <summary>Primary subtags, as asked.</summary>
    public IReadOnlyList<string> Languages { get; }

    public string? ClientToken { get; }

    public bool SpanAnnotations { get; private init; }

    public IReadOnlyList<RequestedAttribute> Attributes { get; private init; } = [];

    /// <summary>A request for scores.</summary>
    /// <exception cref="DropInRefusal">The first thing that is wrong, as that API has it.</exception>
    public static PerspectiveRequest Analyze(JsonElement body)
    {
        var (text, languages, token) = Common(body, Fields);
        var attributes = Map(body, "requestedAttributes");
        if (attributes.Count == 0) throw PerspectiveErrors.Invalid("Missing requested_attributes");
        return new PerspectiveRequest(text, languages, token)
        {
            Attributes = [.. attributes.Select(a => Requested(a.Name, a.Value))],
            SpanAnnotations = Field(body, "spanAnnotations") switch
            {
                { ValueKind: JsonValueKind.True } => true,
                null or { ValueKind: JsonValueKind.False or JsonValueKind.Null } => false,
                _ => throw Payload("span_annotations", "TYPE_BOOL"),
            },
        };
    }

    /// <summary>A suggestion of what the scores should have been.</summary>
    /// <exception cref="DropInRefusal">The first thing that is wrong, as that API has it.</exception>
    public static PerspectiveRequest Suggest(JsonElement body)
    {
        var (text, languages, token) = Common(body, SuggestFields);
        var scores = Map(body, "attributeScores");
        if (scores.Count == 0) throw PerspectiveErrors.Invalid("Missing attribute_scores");
        foreach (var (name, value) in scores.Select(s => (s.Name, s.Value)))
        {
            Known(name);
            if (Field(value, "summaryScore") is { } summary && Field(summary, "value") is { } score && !(Number(score) is >= 0 and <= 1))
                throw PerspectiveErrors.Invalid($"Score value of attribute {name} must be between 0 and 1");
        }
        return new PerspectiveRequest(text, languages, token);
    }

    private static (string Text, IReadOnlyList<string> Languages, string? ClientToken) Common(JsonElement body, string[] fields)
    {
        if (body.ValueKind != JsonValueKind.Object) throw PerspectiveErrors.Invalid("Invalid JSON payload received. The root must be an object.");
        foreach (var property in body.EnumerateObject())
        {
            if (!fields.Any(f => f == property.Name || Snake(f) == property.Name))
                throw PerspectiveErrors.Invalid($"Invalid JSON payload received. Unknown name \"{Printable(property.Name)}\": Cannot find field.");
        }
        var comment = Field(body, "comment");
        var text = comment is { ValueKind: JsonValueKind.Object } c && Field(c, "text") is { } given ? DropInGate.Text(given) ?? throw Payload("comment.text", "TYPE_STRING") : "";
        if (string.IsNullOrWhiteSpace(text)) throw PerspectiveErrors.Empty();
        if (text.Length > MaxTextBytes || Encoding.UTF8.GetByteCount(text) > MaxTextBytes) throw PerspectiveErrors.TooLong();
        if (Field(comment!.Value, "type") is { } type && DropInGate.Text(type) is not ("PLAIN_TEXT" or "TEXT_TYPE_UNSPECIFIED"))
            throw PerspectiveErrors.Invalid("Currently, only 'PLAIN_TEXT' comments are supported");
        if (Field(body, "context") is { ValueKind: JsonValueKind.Object } context && Field(context, "entries") is not null && Field(context, "articleAndParentComment") is not null)
            throw PerspectiveErrors.Invalid("Context can have either entries or article_and_parent_comment, but both were populated");
        return (text, ReadLanguages(body), Field(body, "clientToken") is { } token ? DropInGate.Text(token) ?? throw Payload("client_token", "TYPE_STRING") : null);
    }

    private static List<string> ReadLanguages(JsonElement body)
    {
        var languages = new List<string>();
        if (Field(body, "languages") is not { } given || given.ValueKind == JsonValueKind.Null) return languages;
        if (given.ValueKind != JsonValueKind.Array) throw Payload("languages", "TYPE_STRING");
        foreach (var item in given.EnumerateArray())
        {
            var tag = DropInGate.Text(item);
            if (tag is not { Length: >= 2 and <= 35 } || !tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) throw PerspectiveErrors.Invalid("Invalid language code");
            languages.Add(tag);
        }
        return languages;
    }

    private static RequestedAttribute Requested(string name, JsonElement settings)
    {
        var attribute = Known(name);
        if (settings.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null)) throw Payload($"requested_attributes[{name}]", "TYPE_MESSAGE");
        if (settings.ValueKind == JsonValueKind.Null) return new RequestedAttribute(name, attribute, 0);
        if (Field(settings, "scoreType") is { } type && DropInGate.Text(type) is var scoreType && scoreType is not ("PROBABILITY" or "SCORE_TYPE_UNSPECIFIED"))
            throw PerspectiveErrors.Invalid($"Requested score type {Printable(scoreType ?? "?")} is not supported by attribute {name}");
        var threshold = Field(settings, "scoreThreshold") is { } t && t.ValueKind != JsonValueKind.Null ? Number(t) ?? throw Payload("score_threshold", "TYPE_FLOAT") : 0;
        return new RequestedAttribute(name, attribute, threshold);
    }

    private static PerspectiveAttribute Known(string name) =>
        PerspectiveAttributes.Find(name) ?? throw PerspectiveErrors.Invalid($"Unknown requested attribute: {Printable(name)}");

    private static List<JsonProperty> Map(JsonElement body, string name) => Field(body, name) switch
    {
        { ValueKind: JsonValueKind.Object } map => [.. map.EnumerateObject().DistinctBy(p => p.Name)],
        null or { ValueKind: JsonValueKind.Null } => [],
        _ => throw Payload(Snake(name), "TYPE_MESSAGE"),
    };

    private static JsonElement? Field(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Object) return null;
        return value.TryGetProperty(name, out var field) || value.TryGetProperty(Snake(name), out field) ? field : null;
    }

    private static float? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out var number) && float.IsFinite(number) ? number : null;

    private static DropInRefusal Payload(string field, string type) =>
        PerspectiveErrors.Invalid($"Invalid JSON payload received. Invalid value at '{Printable(field)}' ({type})");

    private static string Snake(string name) => string.Concat(name.Select(c => char.IsAsciiLetterUpper(c) ? "_" + char.ToLowerInvariant(c) : c.ToString()));

    private static string Printable(string name) => string.Concat(name.Take(64).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}
