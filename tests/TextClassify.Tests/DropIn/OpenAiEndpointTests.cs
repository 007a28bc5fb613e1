using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Moderation.TextClassify.Tests.Host;
using Xunit;

namespace Moderation.TextClassify.Tests.DropIn;

/// <summary>OpenAI's moderation endpoint over HTTP; what its own client sees is in tests/Clients.Tests.</summary>
public sealed class OpenAiEndpointTests(TextClassifyFixture fixture) : IClassFixture<TextClassifyFixture>
{
    private async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/moderations") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key != "") request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? fixture.ApiKey);
        using var response = await fixture.Rest.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonNode.Parse(text) ?? throw new InvalidOperationException("The body is null."));
    }

    [Fact]
    public async Task Moderate_languageWithoutData_saysSoAndFlagsNothing()
    {
        var (status, answer) = await PostAsync("""{"input":"Non so che cosa vuoi fare con questa casa"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        var result = answer["results"]![0]!;
        Assert.True((bool)result["out_of_domain"]!);
        Assert.Equal("it", (string?)result["language"]);
        Assert.False((bool)result["flagged"]!);
        Assert.Equal(13, result["not_scored"]!.AsArray().Count);
    }

    [Fact]
    public async Task Moderate_partsOfOneInput_areOneText()
    {
        var (_, answer) = await PostAsync("""{"input":[{"type":"text","text":"What a garden."},{"type":"text","text":"You are a pathetic idiot and nobody likes you."}]}""");
        Assert.True((bool)Assert.Single(answer["results"]!.AsArray())!["categories"]!["harassment"]!);
    }

    [Fact]
    public async Task Moderate_noKey_isUnauthorized()
    {
        var (status, answer) = await PostAsync("""{"input":"hi"}""", "");
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal("invalid_request_error", (string?)answer["error"]!["type"]);
        Assert.Null((string?)answer["error"]!["code"]);
    }

    [Theory]
    [InlineData("{}", "input", "missing_required_parameter")]
    [InlineData("""{"input":7}""", "input", "invalid_type")]
    [InlineData("""{"input":[]}""", "input", "invalid_type")]
    [InlineData("""{"input":["a",7]}""", "input[1]", "invalid_type")]
    [InlineData("""{"input":[{"type":"text"}]}""", "input[0].text", "missing_required_parameter")]
    [InlineData("""{"input":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:,"}}]}""", "input[1].type", "unsupported_image_input")]
    [InlineData("""{"input":[{"type":"sound"}]}""", "input[0].type", "invalid_value")]
    [InlineData("""{"input":"\ud800"}""", "input", "invalid_type")]
    [InlineData("{", null, null)]
    public async Task Moderate_wrongRequest_namesTheParameter(string body, string? param, string? code)
    {
        var (status, answer) = await PostAsync(body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("invalid_request_error", (string?)answer["error"]!["type"]);
        Assert.Equal(param, (string?)answer["error"]!["param"]);
        Assert.Equal(code, (string?)answer["error"]!["code"]);
    }

    [Fact]
    public async Task Moderate_tooMuch_isRefusedBeforeItIsScored()
    {
        var (status, answer) = await PostAsync(new JsonObject { ["input"] = new string('a', 20_001) }.ToJsonString());
        Assert.Equal((HttpStatusCode.BadRequest, "string_above_max_length"), (status, (string?)answer["error"]!["code"]));
        (status, answer) = await PostAsync(new JsonObject { ["input"] = new JsonArray([.. Enumerable.Repeat("a", 257).Select(a => (JsonNode)a)]) }.ToJsonString());
        Assert.Equal((HttpStatusCode.BadRequest, "array_above_max_length"), (status, (string?)answer["error"]!["code"]));
    }

    [Fact]
    public async Task Moderate_bodyBeyondTheLimit_isRefusedBeforeItIsRead()
    {
        // It asks first and sends nothing: a client that is refused in the middle of sending may see a reset instead of the answer.
        using var handler = new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(60) };
        using var client = new HttpClient(handler) { BaseAddress = fixture.Rest.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/moderations") { Content = new StringContent(new JsonObject { ["input"] = new string('a', 5_000_000) }.ToJsonString()) };
        request.Headers.ExpectContinue = true;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", fixture.ApiKey);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Moderate_ownModelByName_isServed()
    {
        var (status, answer) = await PostAsync("""{"model":"moderation-text-v1","input":"hi"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Matches("^moderation-text-v1@[0-9a-f]{8}$", (string?)answer["model"]);
    }
}
