using System.Text.Json.Nodes;
using Moderation.ServiceDefaults.Hosting;
using Moderation.Testing;
using Moderation.TextClassify.Host;
using Xunit;

namespace Moderation.Clients.Tests;

/// <summary>The clients of hosted services that must move, their root address pointed at text-classify.</summary>
public sealed class DropInClientTests(SuiteFixture suite) : IClassFixture<SuiteFixture>
{
    private const string Scripts = "tests/Clients.Tests/node";

    private const string Insult = "You are a pathetic idiot and nobody likes you. Have a nice day in the park.";

    private async Task<JsonArray> RunAsync(string script, string apiKey, string calls)
    {
        await NodePackages.EnsureAsync(Scripts);
        var root = suite.Suite.Address(TextClassifyHost.Name, EndpointKind.Rest).ToString().TrimEnd('/');
        var output = (await ClientProgram.RunAsync("node", new Dictionary<string, string>(), $"{Scripts}/{script}", root, apiKey, calls)).Require();
        return JsonNode.Parse(output)!.AsArray(); // the script prints a list or fails
    }

    private static double Score(JsonNode? answer, string attribute) => (double)answer!["response"]!["attributeScores"]![attribute]!["summaryScore"]!["value"]!; // absent: the test fails here

    [Fact]
    public async Task Perspective_client_gets_the_scores_it_asks_for()
    {
        var tenant = await suite.NewTenantAsync();
        var answers = await RunAsync("perspective.mjs", tenant.ApiKey, $$"""
            [{"text": "{{Insult}}", "options": {"attributes": ["toxicity", "severe_toxicity", "identity_attack", "insult", "profanity", "threat", "sexually_explicit"]} },
             {"text": "What a lovely garden, thank you for the flowers"}]
            """);
        Assert.Equal(7, answers[0]!["response"]!["attributeScores"]!.AsObject().Count);
        Assert.InRange(Score(answers[0], "TOXICITY"), 0.8, 1);
        Assert.InRange(Score(answers[0], "INSULT"), 0.7, 1);
        Assert.InRange(Score(answers[0], "SEXUALLY_EXPLICIT"), 0, 0.2);
        Assert.Equal("en", (string?)answers[0]!["response"]!["languages"]![0]);
        Assert.InRange(Score(answers[1], "TOXICITY"), 0, 0.2);
    }

    [Fact]
    public async Task Perspective_client_gets_a_span_for_each_sentence()
    {
        var tenant = await suite.NewTenantAsync();
        var answers = await RunAsync("perspective.mjs", tenant.ApiKey, $$"""
            [{"text": {"comment": {"text": "{{Insult}}"}, "requestedAttributes": {"TOXICITY": {} }, "spanAnnotations": true, "clientToken": "t-1"} }]
            """);
        var response = answers[0]!["response"]!;
        Assert.Equal("t-1", (string?)response["clientToken"]);
        var spans = response["attributeScores"]!["TOXICITY"]!["spanScores"]!.AsArray();
        Assert.Equal(2, spans.Count);
        var firstEnd = Insult.IndexOf('.', StringComparison.Ordinal) + 1;
        Assert.Equal((0, firstEnd), ((int)spans[0]!["begin"]!, (int)spans[0]!["end"]!));
        Assert.Equal((firstEnd + 1, Insult.Length), ((int)spans[1]!["begin"]!, (int)spans[1]!["end"]!));
        Assert.True((double)spans[0]!["score"]!["value"]! > (double)spans[1]!["score"]!["value"]! + 0.5);
    }

    [Fact]
    public async Task Perspective_client_reads_our_errors_as_its_own()
    {
        var tenant = await suite.NewTenantAsync();
        var answers = await RunAsync("perspective.mjs", tenant.ApiKey, """
            [{"text": "hello there", "options": {"attributes": ["LIKELY_TO_REJECT"]}},
             {"text": "Non so che cosa vuoi fare con questa casa"}]
            """);
        Assert.Equal("ResponseError", (string?)answers[0]!["name"]);
        Assert.Equal("Unknown requested attribute: LIKELY_TO_REJECT", (string?)answers[0]!["message"]);
        var detail = answers[1]!["error"]!["details"]![0]!;
        Assert.Equal("LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE", (string?)detail["errorType"]);
        Assert.Equal("it", (string?)detail["languageNotSupportedByAttributeError"]!["detectedLanguages"]![0]);
        Assert.Equal("TOXICITY", (string?)detail["languageNotSupportedByAttributeError"]!["attribute"]);
    }

    [Fact]
    public async Task Perspective_client_with_a_wrong_key_is_told_so()
    {
        var answers = await RunAsync("perspective.mjs", "mk_nobody_0123", """[{"text": "hello there"}]""");
        Assert.Equal(400, (int)answers[0]!["status"]!);
        Assert.Equal("API key not valid. Please pass a valid API key.", (string?)answers[0]!["message"]);
        Assert.Equal("API_KEY_INVALID", (string?)answers[0]!["error"]!["details"]![0]!["reason"]);
    }

    [Fact]
    public async Task OpenAi_client_gets_a_result_for_each_input()
    {
        var tenant = await suite.NewTenantAsync();
        var answers = await RunAsync("openai.mjs", tenant.ApiKey, $$"""
            [{"model": "omni-moderation-latest", "input": ["{{Insult}}", "What a lovely garden, thank you for the flowers"]},
             {"input": [{"type": "text", "text": "{{Insult}}"}]}]
            """);
        var results = answers[0]!["response"]!["results"]!.AsArray();
        Assert.True((bool)results[0]!["flagged"]!);
        Assert.True((bool)results[0]!["categories"]!["harassment"]!);
        Assert.InRange((double)results[0]!["category_scores"]!["harassment"]!, 0.5, 1);
        Assert.False((bool)results[1]!["flagged"]!);
        Assert.NotNull((string?)answers[0]!["requestId"]);
        Assert.True((bool)Assert.Single(answers[1]!["response"]!["results"]!.AsArray())!["flagged"]!);
    }

    [Fact]
    public async Task OpenAi_client_sees_what_is_not_scored()
    {
        var tenant = await suite.NewTenantAsync();
        var answers = await RunAsync("openai.mjs", tenant.ApiKey, $$"""[{"input": "{{Insult}}"}]""");
        var result = answers[0]!["response"]!["results"]![0]!;
        var unscored = result["not_scored"]!.AsArray().Select(n => (string?)n).ToList();
        Assert.Equal(["illicit", "illicit/violent", "self-harm/instructions", "self-harm/intent", "sexual/minors", "violence/graphic"], unscored.Order(StringComparer.Ordinal));
        Assert.Equal(13, result["categories"]!.AsObject().Count);
        foreach (var name in unscored)
        {
            Assert.False((bool)result["categories"]![name!]!);
            Assert.Equal(0, (double)result["category_scores"]![name!]!);
            Assert.Empty(result["category_applied_input_types"]![name!]!.AsArray());
        }

        Assert.Equal("text", (string?)result["category_applied_input_types"]!["hate"]![0]);
    }

    [Fact]
    public async Task OpenAi_client_reads_our_errors_as_its_own()
    {
        var tenant = await suite.NewTenantAsync();
        var answers = await RunAsync("openai.mjs", tenant.ApiKey, """
            [{"input": [{"type": "image_url", "image_url": {"url": "https://images.example/a.png"}}]},
             {"model": "gpt-5", "input": "hello"},
             {"input": []}]
            """);
        Assert.Equal(("BadRequestError", 400, "unsupported_image_input"), Error(answers[0]));
        Assert.Equal(("NotFoundError", 404, "model_not_found"), Error(answers[1]));
        Assert.Equal(("BadRequestError", 400, "invalid_type"), Error(answers[2]));
        var refused = await RunAsync("openai.mjs", "mk_nobody_0123", """[{"input": "hello"}]""");
        Assert.Equal(("AuthenticationError", 401, "invalid_api_key"), Error(refused[0]));
    }

    private static (string? Name, int Status, string? Code) Error(JsonNode? answer)
        => ((string?)answer!["name"], (int)answer["status"]!, (string?)answer["error"]!["code"]); // absent: the test fails here
}
