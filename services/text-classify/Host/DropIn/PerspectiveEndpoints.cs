using System.Text.Json.Nodes;
using Moderation.ServiceDefaults.Rest;
using Moderation.ServiceDefaults.Telemetry;
using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.DropIn;
using Moderation.TextClassify.Host.Models;
using Moderation.TextClassify.Language;

namespace Moderation.TextClassify.Host.DropIn;

/// <summary>
/// Perspective's <c>comments:analyze</c> and <c>comments:suggestscore</c>, for its clients. DROP-IN.md says what differs from the original.
/// </summary>
internal sealed class PerspectiveEndpoints(DropInGate gate, ServedTextModels models)
{
    private const string KeyHeader = "x-goog-api-key";

    // Made for each request: which model is live may change between two, and never within one.
    private AttributeScorer Scorer => new(models.Hashed, models.Attributes);

    public void Map(IEndpointRouteBuilder routes)
    {
        var foreign = new ForeignApi(PerspectiveErrors.WriteAsync);
        routes.MapPost("/v1alpha1/comments:analyze", (RequestDelegate)(http => gate.RunAsync(http, AnalyzeAsync, PerspectiveErrors.TooMany))).WithMetadata(foreign);
        routes.MapPost("/v1alpha1/comments:suggestscore", (RequestDelegate)(http => gate.RunAsync(http, SuggestAsync, PerspectiveErrors.TooMany))).WithMetadata(foreign);
    }

    private async Task<JsonObject> AnalyzeAsync(HttpContext http)
    {
        await AuthenticateAsync(http);
        var request = PerspectiveRequest.Analyze(await DropInGate.ReadAsync(http, wrong => PerspectiveErrors.Invalid($"Invalid JSON payload received. {wrong}")));
        var language = Language(request, out var detected);
        var scorer = Scorer;
        if (request.Languages.Count > 0 && request.Attributes.FirstOrDefault(a => !request.Languages.Any(l => CanBeJudged(scorer, a.Attribute, l))) is { } unasked)
            throw PerspectiveErrors.RequestedLanguage(unasked.Attribute, request.Languages, detected);
        var whole = scorer.Score(request.Text, language);
        if (request.Attributes.FirstOrDefault(a => whole[a.Attribute] is null) is { } unjudged)
            throw PerspectiveErrors.DetectedLanguage(unjudged.Attribute, request.Languages, detected);
        var parts = request.SpanAnnotations ? Sentences.Of(request.Text) : [(0, request.Text.Length)];
        var partScores = parts.Count == 1 ? [whole] : parts.Select(p => scorer.Score(request.Text[p.Start..p.End], language)).ToArray();
        var scores = new JsonObject();
        foreach (var attribute in request.Attributes)
        {
            var value = whole[attribute.Attribute]!.Value; // those without were refused above
            if (value < attribute.Threshold) continue;
            scores[attribute.Name] = new JsonObject
            {
                ["spanScores"] = new JsonArray([.. parts.Select((p, i) => (JsonNode)new JsonObject
                {
                    ["begin"] = p.Start,
                    ["end"] = p.End,
                    ["score"] = Score(partScores[i][attribute.Attribute] ?? 0), // a part is judged in the language of the whole, so it has one
                })]),
                ["summaryScore"] = Score(value),
            };
        }
        ModerationMeter.TextsClassified.Add(1, new KeyValuePair<string, object?>("result", "scored"));
        var response = new JsonObject
        {
            ["attributeScores"] = scores,
            ["languages"] = new JsonArray([.. (request.Languages.Count > 0 ? request.Languages : [language.Tag == "und" ? "en" : language.Tag]).Select(l => (JsonNode)l)]),
            ["detectedLanguages"] = new JsonArray(detected),
        };
        if (request.ClientToken is { } token) response["clientToken"] = token;
        return response;
    }

    private async Task<JsonObject> SuggestAsync(HttpContext http)
    {
        await AuthenticateAsync(http);
        var request = PerspectiveRequest.Suggest(await DropInGate.ReadAsync(http, wrong => PerspectiveErrors.Invalid($"Invalid JSON payload received. {wrong}")));
        Language(request, out var detected);
        // Counted and forgotten: this service keeps no text, and a model here is trained from reviewed data, not from whoever has a key.
        ModerationMeter.ScoresSuggested.Add(1);
        var response = new JsonObject
        {
            ["detectedLanguages"] = new JsonArray(detected),
            ["requestedLanguages"] = new JsonArray([.. request.Languages.Select(l => (JsonNode)l)]),
        };
        if (request.ClientToken is { } token) response["clientToken"] = token;
        return response;
    }

    private async Task AuthenticateAsync(HttpContext http)
    {
        var key = http.Request.Query["key"] is { Count: 1 } query ? query.ToString() : http.Request.Headers[KeyHeader].ToString();
        if (key.Length == 0) throw PerspectiveErrors.NoKey();
        var found = await gate.CheckAsync(key);
        if (found == DropInKey.Unknown) throw PerspectiveErrors.WrongKey();
        if (found == DropInKey.OtherScope) throw PerspectiveErrors.OtherScope();
    }

    // What was asked for decides where the text does not: a text in a language without data stays refused under any name.
    private static LanguageGuess Language(PerspectiveRequest request, out string detected)
    {
        var text = TextUnderReview.Prepare(request.Text, "");
        if (text.Normalized.Text.Length == 0) throw PerspectiveErrors.Empty();
        detected = text.Language.Tag;
        return request.Languages.Count == 0 ? text.Language : LanguageIdentifier.Identify(text.Anonymous.Text, request.Languages[0]);
    }

    private static bool CanBeJudged(AttributeScorer scorer, PerspectiveAttribute attribute, string language)
    {
        var primary = language.Split('-', '_')[0];
        // "hi-Latn" and the like: a language in another script than its own is one that the model has never seen.
        return language.IndexOf("Latn", StringComparison.OrdinalIgnoreCase) < 0 && scorer.CanJudge(attribute, primary);
    }

    private static JsonObject Score(float value) => new() { ["value"] = Math.Round(value, 7), ["type"] = "PROBABILITY" };
}
