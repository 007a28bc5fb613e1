using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Moderation.ServiceDefaults.Rest;
using Moderation.ServiceDefaults.Telemetry;
using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.DropIn;
using Moderation.TextClassify.Host.Models;

namespace Moderation.TextClassify.Host.DropIn;

/// <summary>OpenAI's <c>POST /v1/moderations</c> for texts, for its clients. DROP-IN.md says what differs from the original.</summary>
internal sealed class OpenAiEndpoint(DropInGate gate, ServedTextModels models, IOptions<DropInOptions> options)
{
    private const string Bearer = "Bearer ";

    public void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/moderations", (RequestDelegate)(http => gate.RunAsync(http, ModerateAsync, OpenAiErrors.TooMany)))
        .WithMetadata(new ForeignApi(OpenAiErrors.WriteAsync));

    private async Task<JsonObject> ModerateAsync(HttpContext http)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) || authorization.Length == Bearer.Length) throw OpenAiErrors.NoKey();
        var found = await gate.CheckAsync(authorization[Bearer.Length..].Trim());
        if (found == DropInKey.Unknown) throw OpenAiErrors.WrongKey();
        if (found == DropInKey.OtherScope) throw OpenAiErrors.OtherScope();
        var request = OpenAiRequest.Read(await DropInGate.ReadAsync(http, wrong => OpenAiErrors.Invalid($"We could not parse the JSON body of your request: {wrong}.")));
        if (request.Model is { } model && !IsServed(model)) throw OpenAiErrors.NoSuchModel(string.Concat(model.Take(64).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)));
        var results = new JsonArray();
        foreach (var input in request.Inputs) results.Add((JsonNode)await ResultAsync(input, http.RequestAborted));
        return new JsonObject
        {
            ["id"] = "modr-" + Guid.NewGuid().ToString("n"), // names nothing that is kept; it is there because clients expect one
            ["model"] = models.Live.Version,
            ["results"] = results,
        };
    }

    // That API's own names mean "what is current", which is what is served here; our own name pins nothing, but says no untruth.
    private bool IsServed(string model) =>
        model.StartsWith("omni-moderation", StringComparison.Ordinal) || model.StartsWith("text-moderation", StringComparison.Ordinal)
        || model == models.Live.Version || model == models.Live.Version.Split('@')[0];

    private async Task<JsonObject> ResultAsync(string input, CancellationToken cancellationToken)
    {
        var text = TextUnderReview.Prepare(input, "");
        var findings = new TextFindings();
        var (outcome, _) = text.Normalized.Text.Length == 0
            ? (ScoringOutcome.Done, models.Live)
            : await models.ScoreAsync(text, input, passages: false, findings, cancellationToken);
        if (outcome != ScoringOutcome.Done) throw OpenAiErrors.TooMany();
        var (categories, scores, applied, unscored) = (new JsonObject(), new JsonObject(), new JsonObject(), new JsonArray());
        var flagged = false;
        foreach (var category in OpenAiCategories.All)
        {
            var score = OpenAiCategories.Score(category, findings);
            var isOver = score >= options.Value.Thresholds.GetValueOrDefault(category.Name, options.Value.Threshold);
            flagged |= isOver;
            categories[category.Name] = isOver;
            scores[category.Name] = score is { } s ? Math.Round(s, 7) : 0;
            applied[category.Name] = score is null ? [] : new JsonArray("text");
            if (score is null) unscored.Add((JsonNode)category.Name);
        }
        ModerationMeter.TextsClassified.Add(1, new KeyValuePair<string, object?>("result", text.Normalized.Text.Length == 0 ? "empty" : findings.Scored ? "scored" : "out_of_domain"));
        return new JsonObject
        {
            ["flagged"] = flagged,
            ["categories"] = categories,
            ["category_scores"] = scores,
            ["category_applied_input_types"] = applied,
            ["not_scored"] = unscored,
            ["language"] = text.Language.Tag,
            ["out_of_domain"] = text.Normalized.Text.Length > 0 && !findings.Scored,
        };
    }
}
