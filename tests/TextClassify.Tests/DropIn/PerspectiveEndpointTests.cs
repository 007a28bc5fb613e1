using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Moderation.TextClassify.Tests.Host;
using Xunit;

namespace Moderation.TextClassify.Tests.DropIn;

/// <summary>Perspective's endpoints over HTTP; what its own client sees is in tests/Clients.Tests.</summary>
public sealed class PerspectiveEndpointTests(TextClassifyFixture fixture) : IClassFixture<TextClassifyFixture>
{
    private const string Fine = """{"comment":{"text":"What a lovely garden"},"requestedAttributes":{"TOXICITY":{}}}""";

    private async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string body, string? query = null, string method = "analyze", Action<HttpRequestMessage>? with = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v1alpha1/comments:{method}{query ?? "?key=" + fixture.ApiKey}")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        with?.Invoke(request);
        using var response = await fixture.Rest.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonNode.Parse(text) ?? throw new InvalidOperationException("The body is null."));
    }

    private async Task RefusedAsync(string body, string message, string method = "analyze")
    {
        var (status, answer) = await PostAsync(body, method: method);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(400, (int)answer["error"]!["code"]!);
        Assert.Equal("INVALID_ARGUMENT", (string?)answer["error"]!["status"]);
        Assert.Equal(message, (string?)answer["error"]!["message"]);
    }

    [Fact]
    public async Task Analyze_withoutSpanAnnotations_hasOneSpanOverAll()
    {
        var (status, answer) = await PostAsync("""{"comment":{"text":"A 😀 garden. It is lovely."},"requestedAttributes":{"TOXICITY":{}}}""");
        Assert.Equal(HttpStatusCode.OK, status);
        var attribute = answer["attributeScores"]!["TOXICITY"]!;
        var span = Assert.Single(attribute["spanScores"]!.AsArray())!;
        // The emoji counts as two: ranges are of UTF-16 units, as that API documents.
        Assert.Equal((0, 26), ((int)span["begin"]!, (int)span["end"]!));
        Assert.Equal((double)attribute["summaryScore"]!["value"]!, (double)span["score"]!["value"]!);
        Assert.Equal("PROBABILITY", (string?)attribute["summaryScore"]!["type"]);
    }

    [Fact]
    public async Task Analyze_snakeCase_isReadAsAtGoogle()
    {
        var (status, answer) = await PostAsync("""
            {"comment":{"text":"One garden. Two gardens."},"requested_attributes":{"TOXICITY":{}},"span_annotations":true,"client_token":"t","do_not_store":true}
            """);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(2, answer["attributeScores"]!["TOXICITY"]!["spanScores"]!.AsArray().Count);
        Assert.Equal("t", (string?)answer["clientToken"]);
    }

    [Fact]
    public async Task Analyze_scoreBelowThreshold_isLeftOut()
    {
        var (_, answer) = await PostAsync("""
            {"comment":{"text":"What a lovely garden"},"requestedAttributes":{"TOXICITY":{"scoreThreshold":0.9},"INSULT":{"scoreType":"PROBABILITY"}}}
            """);
        Assert.Equal(["INSULT"], answer["attributeScores"]!.AsObject().Select(a => a.Key));
    }

    [Fact]
    public async Task Analyze_experimentalName_answersUnderIt()
    {
        var (_, answer) = await PostAsync("""{"comment":{"text":"What a lovely garden"},"requestedAttributes":{"SEVERE_TOXICITY_EXPERIMENTAL":{}}}""");
        Assert.Equal(["SEVERE_TOXICITY_EXPERIMENTAL"], answer["attributeScores"]!.AsObject().Select(a => a.Key));
    }

    [Fact]
    public async Task Analyze_keyInHeader_isTaken()
    {
        var (status, _) = await PostAsync(Fine, "", with: r => r.Headers.Add("x-goog-api-key", fixture.ApiKey));
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?key=")]
    public async Task Analyze_noKey_isPermissionDenied(string query)
    {
        var (status, answer) = await PostAsync(Fine, query);
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Equal("PERMISSION_DENIED", (string?)answer["error"]!["status"]);
    }

    [Fact]
    public async Task Analyze_serviceToken_isNoKey()
    {
        var (status, _) = await PostAsync(Fine, "", with: r => r.Headers.TryAddWithoutValidation("authorization", fixture.Credential[0].Value));
        Assert.Equal(HttpStatusCode.Forbidden, status);
    }

    [Fact]
    public async Task Analyze_wrongKeyAndWrongBody_isAboutTheKey()
    {
        var (status, answer) = await PostAsync("{", "?key=mk_nobody_0123");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("API_KEY_INVALID", (string?)answer["error"]!["details"]![0]!["reason"]);
    }

    [Theory]
    [InlineData("""{"requestedAttributes":{"TOXICITY":{}}}""", "COMMENT_EMPTY", "Comment must be non-empty.")]
    [InlineData("""{"comment":{"text":" \u200b\n"},"requestedAttributes":{"TOXICITY":{}}}""", "COMMENT_EMPTY", "Comment must be non-empty.")]
    public async Task Analyze_nothingToRead_isCommentEmpty(string body, string type, string message)
    {
        await RefusedAsync(body, message);
        var (_, answer) = await PostAsync(body);
        Assert.Equal(type, (string?)answer["error"]!["details"]![0]!["errorType"]);
    }

    [Fact]
    public Task Analyze_longComment_isTooLong() => RefusedAsync(
        new JsonObject { ["comment"] = new JsonObject { ["text"] = new string('a', 20_481) }, ["requestedAttributes"] = new JsonObject { ["TOXICITY"] = new JsonObject() } }.ToJsonString(),
        "Comment text too long.");

    [Theory]
    [InlineData("""{"comment":{"text":"hi"}}""", "Missing requested_attributes")]
    [InlineData("""{"comment":{"text":"hi"},"requestedAttributes":{}}""", "Missing requested_attributes")]
    [InlineData("""{"comment":{"text":"hi"},"requestedAttributes":{"NICE":{}}}""", "Unknown requested attribute: NICE")]
    [InlineData("""{"comment":{"text":"hi","type":"HTML"},"requestedAttributes":{"TOXICITY":{}}}""", "Currently, only 'PLAIN_TEXT' comments are supported")]
    [InlineData("""{"comment":{"text":"hi"},"requestedAttributes":{"TOXICITY":{"scoreType":"RAW"}}}""", "Requested score type RAW is not supported by attribute TOXICITY")]
    [InlineData("""{"comment":{"text":"hi"},"requestedAttributes":{"TOXICITY":{}},"languages":["it"]}""", "Attribute TOXICITY does not support request languages: it")]
    [InlineData("""{"comment":{"text":"hi"},"requestedAttributes":{"TOXICITY":{}},"languages":["ar-Latn"]}""", "Attribute TOXICITY does not support request languages: ar-Latn")]
    [InlineData("""{"comment":{"text":"今日はとてもいい天気です"},"requestedAttributes":{"TOXICITY":{}},"languages":["en"]}""", "Attribute TOXICITY does not support request languages: ja")]
    [InlineData("""{"comment":{"text":"hi"},"requestedAttributes":{"TOXICITY":{}},"colour":1}""", "Invalid JSON payload received. Unknown name \"colour\": Cannot find field.")]
    [InlineData("""{"comment":{"text":"\ud800"},"requestedAttributes":{"TOXICITY":{}}}""", "Invalid JSON payload received. Invalid value at 'comment.text' (TYPE_STRING)")]
    [InlineData("[]", "Invalid JSON payload received. The root must be an object.")]
    [InlineData("{\"comment\":", "Invalid JSON payload received. line 1, byte 12 is not JSON")]
    public Task Analyze_wrongRequest_isRefusedInTheOriginalsWords(string body, string message) => RefusedAsync(body, message);

    [Fact]
    public async Task SuggestScore_isAnsweredAsDocumented()
    {
        var (status, answer) = await PostAsync(
            """{"comment":{"text":"What a lovely garden"},"attributeScores":{"TOXICITY":{"summaryScore":{"value":0.1}}},"languages":["en"],"clientToken":"t"}""", method: "suggestscore");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"detectedLanguages":["en"],"requestedLanguages":["en"],"clientToken":"t"}""", answer.ToJsonString());
    }

    [Fact]
    public Task SuggestScore_impossibleScore_isRefused() => RefusedAsync(
        """{"comment":{"text":"hi"},"attributeScores":{"TOXICITY":{"summaryScore":{"value":2}}}}""", "Score value of attribute TOXICITY must be between 0 and 1", "suggestscore");
}
