using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Moderation.TextClassify.Host;
using Moderation.TextClassify.Host.DropIn;
using Moderation.TextClassify.Tests.Host;
using Xunit;

namespace Moderation.TextClassify.Tests.DropIn;

public sealed class DropInGateTests(TextClassifyFixture fixture) : IClassFixture<TextClassifyFixture>
{
    [Fact]
    public async Task Post_pastTheBound_isToldToComeBack_andTheFirstIsAnswered()
    {
        await using var app = TextClassifyHost.Create([], c =>
        {
            fixture.Configure(c);
            c.AddInMemoryCollection(new Dictionary<string, string?> { ["DropIn:MaxInFlight"] = "1" });
        });
        var gate = app.Services.GetRequiredService<DropInGate>();
        var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        var (first, second, third) = (new DefaultHttpContext(), new DefaultHttpContext(), new DefaultHttpContext());
        var running = gate.RunAsync(first, _ => answer.Task, OpenAiErrors.TooMany);
        await gate.RunAsync(second, _ => answer.Task, OpenAiErrors.TooMany);
        Assert.Equal(StatusCodes.Status429TooManyRequests, second.Response.StatusCode);
        Assert.Equal("1", second.Response.Headers.RetryAfter);

        answer.SetResult([]);
        await running;
        Assert.Equal(StatusCodes.Status200OK, first.Response.StatusCode);
        await gate.RunAsync(third, _ => throw OpenAiErrors.NoKey(), OpenAiErrors.TooMany);
        await gate.RunAsync(third, _ => answer.Task, OpenAiErrors.TooMany); // a refusal gave its place back
        Assert.Equal(StatusCodes.Status200OK, third.Response.StatusCode);
    }

    [Theory]
    [InlineData("DropIn:MaxInFlight", "0", "DropIn:MaxInFlight is 0")]
    [InlineData("DropIn:Threshold", "1.5", "DropIn:Threshold is 1.5")]
    [InlineData("DropIn:Thresholds:hates", "0.5", "DropIn:Thresholds:hates names no category")]
    [InlineData("DropIn:Thresholds:sexual/minors", "0.5", "names no category that is scored")]
    [InlineData("DropIn:Thresholds:hate", "0", "DropIn:Thresholds:hate is 0")]
    public void Create_wrongOption_isNamed(string key, string value, string message)
    {
        var wrong = Assert.Throws<OptionsValidationException>(() => TextClassifyHost.Create([], c =>
        {
            fixture.Configure(c);
            c.AddInMemoryCollection(new Dictionary<string, string?> { [key] = value });
        }));
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
    }
}
