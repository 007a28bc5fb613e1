using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;
using Moderation.TextClassify.Host.Models;
using Xunit;

namespace Moderation.TextClassify.Tests.Models;

public sealed class TextModelRpcTests(TextModelFixture fixture) : IClassFixture<TextModelFixture>, IAsyncLifetime
{
    private const string Shipped = TextModelFixture.Shipped;
    private const string Insult = "You are a pathetic idiot";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Metadata _policy = fixture.Policy;

    /// <summary>Each test begins with the shipped model live and no shadows.</summary>
    public async ValueTask InitializeAsync()
    {
        await SetAsync(Shipped, TextModelState.Live, "A test begins");
        foreach (var shadow in (await ListAsync()).Models.Where(m => m.State == TextModelState.Shadow)) await SetAsync(shadow.ModelId, TextModelState.Off, "A test begins");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<SetTextModelStateResponse> SetAsync(string model, TextModelState state, string reason = "Tried", string etag = "", int replica = 0) =>
        await fixture.Models(replica).SetTextModelStateAsync(new SetTextModelStateRequest { ModelId = model, State = state, Reason = reason, Etag = etag }, _policy);

    private async Task<ErrorReason> SetFailsAsync(string model, TextModelState state, string reason = "Tried", string etag = "") =>
        RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(() => SetAsync(model, state, reason, etag)));

    private async Task<ListTextModelsResponse> ListAsync(int replica = 0) => await fixture.Models(replica).ListTextModelsAsync(new ListTextModelsRequest(), _policy);

    private async Task<TextSignals> ClassifyAsync(string text, int replica = 0) =>
        (await fixture.Texts(replica).ClassifyTextAsync(new ClassifyTextRequest { Text = text, Language = "en" }, fixture.Service)).Signals;

    private async Task<CompareTextModelsResponse> CompareAsync(string model, long texts, float threshold = 0)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var answer = await fixture.Models().CompareTextModelsAsync(new CompareTextModelsRequest { ModelId = model, Threshold = threshold }, _policy, cancellationToken: limit.Token);
            if (answer.Texts >= texts) return answer;
        }
    }

    [Fact]
    public async Task List_showsEachFolder_withItsVersionOrItsFault()
    {
        var models = (await ListAsync()).Models.ToDictionary(m => m.ModelId);
        Assert.Equal(["broken", Shipped, "stricter", "tiny-onnx"], models.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((TextModelState.Live, TextModelKind.Hashed), (models[Shipped].ServingState, models[Shipped].Kind));
        Assert.Matches("^stricter-v2@[0-9a-f]{8}$", models["stricter"].Version);
        Assert.Equal((TextModelKind.Onnx, TextModelState.Off), (models["tiny-onnx"].Kind, models["tiny-onnx"].State));
        Assert.Contains("labels.yaml: line", models["broken"].Fault, StringComparison.Ordinal);
        Assert.Contains("colour is not known", models["broken"].Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_inPages_isTheSame()
    {
        var (ids, token) = (new List<string>(), "");
        do
        {
            var page = await fixture.Models().ListTextModelsAsync(new ListTextModelsRequest { PageSize = 1, PageToken = token }, _policy);
            ids.AddRange(page.Models.Select(m => m.ModelId));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal((await ListAsync()).Models.Select(m => m.ModelId), ids);
    }

    [Fact]
    public async Task Get_hasCardFiguresAndData()
    {
        var model = await fixture.Models().GetTextModelAsync(new GetTextModelRequest { ModelId = "stricter" }, _policy);
        Assert.Contains("Its card", model.Card, StringComparison.Ordinal);
        Assert.Equal(("en", 2), (model.Languages.Single().Language, model.Languages.Single().Categories.Count));
        Assert.Equal(0.5, model.Figures.Single().AveragePrecision);
        Assert.Equal(("own", 100, "Apache-2.0"), (model.Sources.Single().Source, model.Sources.Single().Rows, model.Sources.Single().Licence));
        Assert.NotEmpty((await fixture.Models().GetTextModelAsync(new GetTextModelRequest { ModelId = Shipped }, _policy)).Metrics);
        var onnx = await fixture.Models().GetTextModelAsync(new GetTextModelRequest { ModelId = "tiny-onnx" }, _policy);
        Assert.Equal(["de", "en"], onnx.Languages.Select(l => l.Language));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await fixture.Models().GetTextModelAsync(new GetTextModelRequest { ModelId = "nope" }, _policy));
        Assert.Equal(ErrorReason.TextModelNotFound, RpcErrors.ReasonOf(error));
    }

    [Fact]
    public async Task Promote_changesTheSignals_here_atOnce_andOnTheOtherReplicaByItself()
    {
        var before = await ClassifyAsync(Insult);
        Assert.True((await SetAsync("stricter", TextModelState.Live)).Changed);
        var after = await ClassifyAsync(Insult);
        Assert.StartsWith("stricter-v2@", after.ModelVersion, StringComparison.Ordinal);
        // A score at the end of its calibration has nowhere to rise to.
        Assert.All(before.Scores, s => Assert.True(after.Scores.Single(a => a.Category == s.Category).Score >= s.Score));
        Assert.Contains(before.Scores, s => after.Scores.Single(a => a.Category == s.Category).Score > s.Score);
        using var limit = new CancellationTokenSource(Limit);
        while ((await ClassifyAsync(Insult, replica: 1)).ModelVersion != after.ModelVersion) limit.Token.ThrowIfCancellationRequested();
        Assert.Equal(after.Scores, (await ClassifyAsync(Insult, replica: 1)).Scores);
        var models = (await ListAsync()).Models;
        Assert.Equal(TextModelState.Off, models.Single(m => m.ModelId == Shipped).State);
        Assert.Equal(TextModelState.Live, models.Single(m => m.ModelId == "stricter").ServingState);
    }

    [Fact]
    public async Task Shadow_scoresAndIsCounted_andChangesNoSignal()
    {
        var before = await ClassifyAsync(Insult);
        await SetAsync("stricter", TextModelState.Shadow);
        string[] texts = [Insult, "have a nice day", "what a lovely garden", "Non so che cosa vuoi fare con questa casa"];
        var known = (await CompareAsync("stricter", 0)).Texts;
        Assert.Equal(before, await ClassifyAsync(Insult));
        var batch = new BatchClassifyTextsRequest { Requests = { texts.Skip(1).Select(t => new ClassifyTextRequest { Text = t }) } };
        Assert.Equal(texts.Length - 1, (await fixture.Texts().BatchClassifyTextsAsync(batch, fixture.Service)).Responses.Count);
        var compared = await CompareAsync("stricter", known + texts.Length, 0.9f);
        Assert.Equal(known + texts.Length, compared.Texts);
        Assert.StartsWith("stricter-v2@", compared.ShadowVersion, StringComparison.Ordinal);
        Assert.Equal(before.ModelVersion, compared.LiveVersion);
        var harassment = compared.Categories.Single(c => c.Category == HarmCategory.Harassment);
        Assert.Equal(harassment.BothScored, harassment.LiveScores.Sum());
        Assert.Equal(harassment.BothScored, harassment.ShadowScores.Sum());
        Assert.True(harassment.ShadowOnlyFlagged + harassment.BothFlagged >= harassment.LiveOnlyFlagged + harassment.BothFlagged);
        Assert.Equal(harassment.Agreement, (harassment.BothScored - harassment.ShadowOnlyFlagged - harassment.LiveOnlyFlagged) / (double)harassment.BothScored, 1e-9);
    }

    [Fact]
    public async Task Onnx_asShadow_isCounted_andWhatItJudgesNotIsTheLiveModelsAlone()
    {
        await SetAsync("tiny-onnx", TextModelState.Shadow);
        var known = (await CompareAsync("tiny-onnx", 0)).Texts;
        await ClassifyAsync(Insult);
        var compared = await CompareAsync("tiny-onnx", known + 1);
        Assert.True(compared.Categories.Single(c => c.Category == HarmCategory.Harassment).BothScored >= 1);
        var hate = compared.Categories.Single(c => c.Category == HarmCategory.Hate);
        Assert.Equal(0, hate.BothScored);
        Assert.True(hate.LiveOnlyScored >= 1);
    }

    [Fact]
    public async Task Onnx_asLive_givesTheSignals_explains_andAbstainsElsewhere()
    {
        await SetAsync("tiny-onnx", TextModelState.Live);
        var signals = await ClassifyAsync("you idiot");
        Assert.StartsWith("tiny@", signals.ModelVersion, StringComparison.Ordinal);
        Assert.Equal([HarmCategory.Violence, HarmCategory.Harassment], signals.Scores.Select(s => s.Category));
        Assert.Equal(1 / (1 + MathF.Exp(-4)), signals.Scores[1].Score, 1e-5f);
        var italian = await fixture.Texts().ClassifyTextAsync(new ClassifyTextRequest { Text = "Non so che cosa vuoi fare con questa casa" }, fixture.Service);
        Assert.True(italian.Signals.OutOfDomain);
        var explained = await fixture.Texts().ExplainTextAsync(new ExplainTextRequest { Text = "you idiot", Language = "en" }, _policy);
        Assert.Equal((4, 9), (explained.Explanations[0].Raising[0].Start, explained.Explanations[0].Raising[0].End));
    }

    [Fact]
    public async Task UnusableModel_isRefused_withTheFileAndTheField_andNothingChanges()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => SetAsync("broken", TextModelState.Live));
        Assert.Equal(ErrorReason.TextModelUnusable, RpcErrors.ReasonOf(error));
        Assert.Contains("labels.yaml: line", error.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>()!.Metadata["detail"], StringComparison.Ordinal); // the reason above says that it is there
        Assert.Equal(TextModelState.Live, (await ListAsync()).Models.Single(m => m.ModelId == Shipped).ServingState);
        Assert.Equal(ErrorReason.TextModelNotFound, await SetFailsAsync("nope", TextModelState.Shadow));
    }

    [Fact]
    public async Task ReplicaThatLacksTheModel_goesOnWithWhatItHad_andSaysSo()
    {
        // The order of another replica, whose folder has a model that is not here.
        var store = fixture.Services(1).GetRequiredService<TextModelStore>();
        await store.SwitchAsync(new TextModelSwitch("elsewhere", "e@1", TextModelState.Live, "Deployed there", "x@test", ""), Shipped, fixture.Services(1).GetRequiredService<ServedTextModels>().Live);
        var models = await ListAsync();
        Assert.Equal((TextModelState.Off, TextModelState.Live), (models.Models.Single(m => m.ModelId == Shipped).State, models.Models.Single(m => m.ModelId == Shipped).ServingState));
        Assert.StartsWith(Shipped, (await ClassifyAsync(Insult)).ModelVersion, StringComparison.Ordinal);
        Assert.Contains("elsewhere", (await fixture.Services(0).GetRequiredService<TextModelFeedStore>().FaultsAsync(TestContext.Current.CancellationToken)).Keys);
    }

    [Fact]
    public async Task LiveModel_cantBeTakenAway_onlyReplaced()
    {
        Assert.Equal(ErrorReason.TextModelIsLive, await SetFailsAsync(Shipped, TextModelState.Off));
        Assert.Equal(ErrorReason.TextModelIsLive, await SetFailsAsync(Shipped, TextModelState.Shadow));
    }

    [Fact]
    public async Task SameStateAgain_isNoChange_andAnOldEtagIsRefused()
    {
        var etag = (await ListAsync()).Etag;
        var first = await SetAsync("stricter", TextModelState.Shadow, etag: etag);
        Assert.True(first.Changed);
        var again = await SetAsync("stricter", TextModelState.Shadow);
        Assert.False(again.Changed);
        Assert.Equal(first.Etag, again.Etag);
        Assert.Equal(ErrorReason.TextModelsChanged, await SetFailsAsync("stricter", TextModelState.Off, etag: etag));
    }

    [Fact]
    public async Task ShadowsBeyondTheLimit_areRefused()
    {
        string[] names = ["s1", "s2", "s3", "s4", "s5"];
        foreach (var name in names) TextModelFixture.Copy(Path.Combine(fixture.Folder, "tiny-onnx"), Path.Combine(fixture.Folder, name));
        try
        {
            foreach (var name in names.Take(TextModelStore.MaxShadows)) await SetAsync(name, TextModelState.Shadow);
            Assert.Equal(ErrorReason.TextModelLimitReached, await SetFailsAsync(names[^1], TextModelState.Shadow));
        }
        finally
        {
            foreach (var name in names) Directory.Delete(Path.Combine(fixture.Folder, name), recursive: true);
            foreach (var name in names.Take(TextModelStore.MaxShadows)) await SetAsync(name, TextModelState.Off); // also where the folder is gone
        }
    }

    [Fact]
    public async Task History_saysWhoSwitchedWhatAndWhy_theReplacedOneToo()
    {
        await SetAsync("stricter", TextModelState.Live, "A better model");
        var (changes, token) = (new List<TextModelChange>(), "");
        do
        {
            var page = await fixture.Models().ListTextModelChangesAsync(new ListTextModelChangesRequest { PageSize = 3, PageToken = token }, _policy);
            changes.AddRange(page.Changes);
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal(Enumerable.Range(1, changes.Count).Select(i => (long)i), changes.Select(c => c.Number));
        var (made, replaced) = (changes[^2], changes[^1]);
        Assert.Equal(("stricter", TextModelState.Live, "A better model", "policy@test"), (made.ModelId, made.After, made.Reason, made.Actor));
        Assert.Equal((Shipped, TextModelState.Live, TextModelState.Off, "Replaced by stricter"), (replaced.ModelId, replaced.Before, replaced.After, replaced.Reason));
        Assert.StartsWith(Shipped + "@", replaced.Version, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongFields_areNamedTogether()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => SetAsync("no/such", TextModelState.Unspecified, " ", "x"));
        Assert.Equal(["model_id", "state", "reason", "etag"], error.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Select(v => v.Field)); // INVALID_FIELDS has it
        error = await Assert.ThrowsAsync<RpcException>(async () => await fixture.Models().CompareTextModelsAsync(new CompareTextModelsRequest { ModelId = "stricter", Threshold = 0.55f }, _policy));
        Assert.Equal(["threshold"], error.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Select(v => v.Field)); // likewise
    }
}
