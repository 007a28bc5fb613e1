using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.Testing;
using Moderation.TextClassify.Host;
using Xunit;

namespace Moderation.TextClassify.Tests.Host;

public sealed class TextClassifyRpcTests(TextClassifyFixture fixture) : IClassFixture<TextClassifyFixture>
{
    private async Task<TextSignals> ClassifyAsync(string text, string language = "")
    {
        var response = await fixture.Client.ClassifyTextAsync(
            new ClassifyTextRequest { Text = text, Language = language }, fixture.Credential, cancellationToken: TestContext.Current.CancellationToken);
        return response.Signals;
    }

    [Fact]
    public async Task ClassifyText_harmfulText_hasScoresSpansAndVersion()
    {
        const string text = "😀 Win a free iPhone now! click http://t.co/abc and enter your card number";
        var signals = await ClassifyAsync(text);
        Assert.Equal(SignalStatus.Available, signals.Status);
        Assert.Equal("en", signals.Language);
        Assert.Matches("^moderation-text-v1@[0-9a-f]{8}$", signals.ModelVersion);
        Assert.Equal(7, signals.Scores.Count);
        Assert.True(signals.Scores.Single(s => s.Category == HarmCategory.FraudSpam).Score > 0.5f);
        Assert.InRange(signals.Spans.Count, 1, 16);
        var length = text.EnumerateRunes().Count();
        Assert.All(signals.Spans, s => Assert.True(s.Start >= 0 && s.Start < s.End && s.End <= length && s.Contribution > 0));
    }

    [Fact]
    public async Task ClassifyText_anyLanguage_neverScoresChildSexualExploitationOrClaims()
    {
        var signals = await ClassifyAsync("what a day, the children are at school");
        Assert.DoesNotContain(signals.Scores, s => s.Category is HarmCategory.ChildSexualExploitation or HarmCategory.FalseClaim);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \u200b\n")]
    public async Task ClassifyText_nothingToRead_isNotApplicable(string text) =>
        Assert.Equal(SignalStatus.NotApplicable, (await ClassifyAsync(text)).Status);

    [Fact]
    public async Task ClassifyText_languageWithoutData_abstains()
    {
        var signals = await ClassifyAsync("Non so che cosa vuoi fare con questa casa");
        Assert.Equal(SignalStatus.Available, signals.Status);
        Assert.True(signals.OutOfDomain);
        Assert.Equal("it", signals.Language);
        Assert.Empty(signals.Scores);
    }

    [Fact]
    public async Task ClassifyText_tooLong_namesBothFields()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => ClassifyAsync(new string('a', 20_001), new string('x', 36)));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal(ErrorReason.InvalidFields, RpcErrors.ReasonOf(error));
        Assert.Equal(["text", "language"], error.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Select(v => v.Field)); // the reason above says that both are there
    }

    [Fact]
    public async Task BatchClassifyTexts_answersEachAsClassifyTextWould()
    {
        string[] kinds = ["You are a pathetic idiot", "", "Non so che cosa vuoi fare con questa casa", "have a nice day"];
        // More than one part of a batch that is spread over cores.
        string[] texts = [.. Enumerable.Range(0, 70).Select(i => kinds[i % kinds.Length] + new string('.', i / kinds.Length))];
        var request = new BatchClassifyTextsRequest { Requests = { texts.Select(t => new ClassifyTextRequest { Text = t }) } };
        var batch = await fixture.Client.BatchClassifyTextsAsync(request, fixture.Credential, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(texts.Length, batch.Responses.Count);
        for (var i = 0; i < texts.Length; i++) Assert.Equal(await ClassifyAsync(texts[i]), batch.Responses[i].Signals);
    }

    [Fact]
    public async Task BatchClassifyTexts_wrongTexts_namesEach()
    {
        var request = new BatchClassifyTextsRequest { Requests = { new ClassifyTextRequest { Text = "a" }, new ClassifyTextRequest { Text = new string('a', 20_001), TenantId = new string('t', 65) } } };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await fixture.Client.BatchClassifyTextsAsync(request, fixture.Credential));
        Assert.Equal(["requests[1].text", "requests[1].tenant_id"], error.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Select(v => v.Field)); // INVALID_FIELDS has both
        error = await Assert.ThrowsAsync<RpcException>(async () => await fixture.Client.BatchClassifyTextsAsync(new BatchClassifyTextsRequest(), fixture.Credential));
        Assert.Equal(ErrorReason.InvalidFields, RpcErrors.ReasonOf(error));
    }

    [Fact]
    public async Task ExplainText_namesTheWordsThatMadeTheScore()
    {
        var reviewer = fixture.As(Person.Of("reviewer@test", [Role.Reviewer], ["tenant"]));
        const string text = "😀 You are a pathetic idiot, my friend";
        var answer = await fixture.Client.ExplainTextAsync(new ExplainTextRequest { TenantId = "tenant", Text = text }, reviewer);
        Assert.Equal(":grinning: you are a pathetic idiot, my friend", answer.NormalizedText);
        var harassment = answer.Explanations.Single(e => e.Category == HarmCategory.Harassment);
        Assert.Equal(answer.Signals.Scores.Single(s => s.Category == HarmCategory.Harassment).Score, harassment.Score);
        var runes = text.EnumerateRunes().ToArray();
        Assert.Contains(harassment.Raising.Take(2), s => string.Concat(runes[s.Start..s.End]) == "idiot");
        Assert.All(harassment.Raising, s => Assert.True(s.Contribution > 0));
        Assert.All(harassment.Lowering, s => Assert.True(s.Contribution < 0));
        var service = await Assert.ThrowsAsync<RpcException>(async () => await fixture.Client.ExplainTextAsync(new ExplainTextRequest { TenantId = "tenant", Text = text }, fixture.Credential));
        Assert.Equal(ErrorReason.AccessDenied, RpcErrors.ReasonOf(service));
    }

    [Fact]
    public async Task ClassifyText_noCredential_isRefused()
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await fixture.Client.ClassifyTextAsync(new ClassifyTextRequest { Text = "hello" }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
    }

    [Fact]
    public async Task ClassifyStream_manyCalls_eachIsAnsweredOnce_andOneFailureEndsNothing()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var stream = fixture.Client.ClassifyStream(fixture.Credential, cancellationToken: cancellation);
        for (ulong i = 0; i < 300; i += 3)
        {
            var message = new ClassifyStreamRequest();
            message.Calls.Add(new ClassifyStreamCall { CorrelationId = i, Request = new ClassifyTextRequest { Text = "have a nice day" } });
            message.Calls.Add(new ClassifyStreamCall { CorrelationId = i + 1, Request = new ClassifyTextRequest { Text = new string('b', 5000) } });
            message.Calls.Add(new ClassifyStreamCall { CorrelationId = i + 2, Request = new ClassifyTextRequest { Text = new string('c', 30_000) } });
            await stream.RequestStream.WriteAsync(message, cancellation);
        }
        await stream.RequestStream.CompleteAsync();
        var answers = new Dictionary<ulong, ClassifyStreamAnswer>();
        await foreach (var message in stream.ResponseStream.ReadAllAsync(cancellation))
            foreach (var answer in message.Answers) answers.Add(answer.CorrelationId, answer);
        Assert.Equal(300, answers.Count);
        Assert.All(answers.Values, a => Assert.Equal(a.CorrelationId % 3 == 2, a.ResultCase == ClassifyStreamAnswer.ResultOneofCase.Error));
    }

    [Fact]
    public async Task Start_modelUnlikeItsManifest_isRefused()
    {
        var directory = Directory.CreateTempSubdirectory("moderation-model-").FullName;
        try
        {
            var source = Repository.PathOf("services", "text-classify", "Host", "Models", "moderation-text-v1");
            File.Copy(Path.Combine(source, "manifest.json"), Path.Combine(directory, "manifest.json"));
            var changed = (byte[])ShippedModel.File.Clone();
            changed[1_000_000] ^= 1;
            await File.WriteAllBytesAsync(Path.Combine(directory, "model.bin"), changed, TestContext.Current.CancellationToken);
            await using var app = TextClassifyHost.Create([], c => fixture.Configure(c, directory));
            var error = await Assert.ThrowsAsync<InvalidDataException>(() => app.StartAsync(TestContext.Current.CancellationToken));
            Assert.Contains("manifest.json names", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
