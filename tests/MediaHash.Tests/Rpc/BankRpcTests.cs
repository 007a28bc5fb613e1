using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Host.Banks;
using Moderation.MediaHash.Tests.Decoding;
using Moderation.MediaHash.Tests.Hashing;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.MediaHash.Tests.Rpc;

public sealed class BankRpcTests(SharedRedis redis) : IAsyncLifetime
{
    private static readonly byte[] Picture = MadePictures.RgbPng(FormulaPicture.Create(2, 300, 200, 1), 300, 200);
    private readonly string _tenant = "t-" + Guid.NewGuid().ToString("n");
    private readonly string _bank = "b-" + Guid.NewGuid().ToString("n");
    private RunningService? _service;

    private RunningService Service => _service ?? throw new InvalidOperationException("Not started.");

    private BankService.BankServiceClient Banks => new(Service.Channel);

    public async ValueTask InitializeAsync() =>
        _service = await RunningService.StartAsync(redis.Server, ("MediaHash:Flood:MediaPerHour", "3"));

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
            await _service.DisposeAsync();
    }

    [Fact]
    public async Task Update_disabled_entry_stops_matching_and_active_matches_again()
    {
        var media = await BankedAsync();
        var off = await UpdateAsync(new BankEntry { State = BankEntryState.Disabled }, "state");
        Assert.Equal(0, await CountMatchesAsync(media));
        Assert.Equal(BankEntryState.Disabled, off.Entry.State);
        var on = await UpdateAsync(new BankEntry { State = BankEntryState.Active }, "state");
        Assert.Equal(1, await CountMatchesAsync(media));
        Assert.NotNull(on.Entry.ReviewTime);
        Assert.NotEqual(off.Etag, on.Etag);
        Assert.True(on.BankVersion > off.BankVersion);
    }

    [Fact]
    public async Task Update_changes_only_the_fields_of_the_mask_and_the_same_twice_is_one()
    {
        await BankedAsync();
        var wish = new BankEntry { Note = "seen", Source = "not in the mask", Severity = BankEntrySeverity.High, MatchRadius = 0, Labels = { "a", "b" } };
        string[] mask = ["note", "severity", "match_radius", "labels"];
        var first = await UpdateAsync(wish, mask);
        Assert.Equal(("seen", "", BankEntrySeverity.High, true, 0), (first.Entry.Note, first.Entry.Source, first.Entry.Severity, first.Entry.HasMatchRadius, first.Entry.MatchRadius));
        Assert.Equal(["a", "b"], first.Entry.Labels);
        Assert.Equal(first, await UpdateAsync(wish, mask));
        var cleared = await UpdateAsync(new BankEntry(), "match_radius", "labels");
        Assert.False(cleared.Entry.HasMatchRadius);
        Assert.Empty(cleared.Entry.Labels);
    }

    [Fact]
    public async Task Update_with_the_etag_of_an_earlier_state_is_BANK_ENTRY_CHANGED()
    {
        await BankedAsync();
        var before = await Banks.GetBankEntryAsync(new GetBankEntryRequest { BankId = _bank, EntryId = "e1" }, Service.AsPerson);
        await UpdateAsync(new BankEntry { Note = "first" }, "note");
        var request = Request(new BankEntry { Note = "second" }, "note");
        request.Etag = before.Etag;
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Banks.UpdateBankEntryAsync(request, Service.AsPerson));
        Assert.Equal((StatusCode.Aborted, ErrorReason.BankEntryChanged), (error.StatusCode, RpcErrors.ReasonOf(error)));
    }

    [Fact]
    public async Task Update_wrong_fields_are_told_at_once()
    {
        await BankedAsync();
        var request = Request(new BankEntry { State = BankEntryState.Quarantined }, "state");
        request.Reason = new string('x', 501);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Banks.UpdateBankEntryAsync(request, Service.AsPerson));
        Assert.Equal(["entry.state", "reason"], Violations(error));
        var value = await Assert.ThrowsAsync<RpcException>(() => UpdateAsync(new BankEntry { Value = "00" }, "value"));
        Assert.Equal(["update_mask"], Violations(value));
        var terms = await Assert.ThrowsAsync<RpcException>(
            () => UpdateAsync(new BankEntry { MatchRadius = 32, TrafficShare = 0, Labels = { "Not a label" } }, "match_radius", "traffic_share", "labels"));
        Assert.Equal(["entry.labels", "entry.match_radius", "entry.traffic_share"], Violations(terms).Order());
    }

    [Fact]
    public async Task Revisions_show_what_the_entry_was_latest_first_and_stay_when_it_is_removed()
    {
        await BankedAsync();
        await UpdateAsync(new BankEntry { Note = "one" }, "note");
        await UpdateAsync(new BankEntry { Note = "two" }, "note");
        await Service.RemoveAsync(_bank, "e1");
        var first = await RevisionsAsync(pageSize: 2, "");
        Assert.Equal([BankEntryAction.Removed, BankEntryAction.Updated], first.Revisions.Select(revision => revision.Action));
        Assert.Equal(["two", "one"], first.Revisions.Select(revision => revision.Before.Note));
        var second = await RevisionsAsync(pageSize: 2, first.NextPageToken);
        var oldest = Assert.Single(second.Revisions);
        Assert.Equal(("", "why", "tester"), (oldest.Before.Note, oldest.Reason, oldest.Actor));
        Assert.Equal("", second.NextPageToken);
    }

    [Fact]
    public async Task Opinion_counts_once_a_person_and_medium_and_the_latest_counts()
    {
        var media = await BankedAsync();
        Assert.Equal((0, 1), await OpineAsync(media, MatchOpinion.FalsePositive));
        Assert.Equal((1, 0), await OpineAsync(media, MatchOpinion.TruePositive));
        Assert.Equal((1, 0), await OpineAsync(media, MatchOpinion.TruePositive));
        Assert.Equal((1, 1), await OpineAsync("m_" + new string('0', 64), MatchOpinion.FalsePositive));
        var entry = await Banks.GetBankEntryAsync(new GetBankEntryRequest { BankId = _bank, EntryId = "e1" }, Service.AsPerson);
        Assert.Equal((1, 1), (entry.Opinions.TruePositives, entry.Opinions.FalsePositives));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Banks.GiveMatchOpinionAsync(
            new GiveMatchOpinionRequest { BankId = _bank, EntryId = "none", MediaId = media, Opinion = MatchOpinion.TruePositive }, Service.AsPerson));
        Assert.Equal(ErrorReason.BankEntryNotFound, RpcErrors.ReasonOf(error));
    }

    [Fact]
    public async Task Negative_entry_takes_the_match_away()
    {
        var media = await BankedAsync();
        var pdq = (await Service.HashAsync(_tenant, Picture)).Fingerprints[0].Value;
        await Service.AddAsync(Entry("good", pdq, entry => entry.IsNegative = true));
        var answer = await Service.Client.MatchMediaAsync(new MatchMediaRequest { TenantId = _tenant, MediaIds = { media } }, Service.AsService);
        Assert.DoesNotContain(answer.Signals.Matches, match => match.BankId == _bank);
        Assert.Equal(1, answer.VetoedCount);
    }

    [Fact]
    public async Task Entry_of_another_tenant_does_not_match()
    {
        var pdq = (await Service.HashAsync(_tenant, Picture)).Fingerprints[0].Value;
        await Service.AddAsync(Entry("theirs", pdq, entry => entry.TenantIds[0] = "another-tenant"));
        await Service.AddAsync(Entry("ours", pdq, _ => { }));
        var media = (await Service.HashAsync(_tenant, Picture)).MediaId;
        Assert.Equal(["ours"], (await Service.MatchAsync(_tenant, media)).Matches.Where(match => match.BankId == _bank).Select(match => match.EntryId));
    }

    [Fact]
    public async Task New_entry_over_its_budget_is_quarantined_until_a_person_has_looked()
    {
        // A budget of three media: a blank-like entry that everything matches.
        var picture = FormulaPicture.Create(2, 300, 200, 1);
        var pdq = MediaHash.Hashing.PdqHasher.HashRgb(picture, 300, 200);
        await Service.AddAsync(Entry("e1", pdq.Hash.ToString(), _ => { }));
        var limit = Service.Services.GetRequiredService<FloodLimit>();
        var media = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            picture[i] ^= 1;
            media.Add((await Service.HashAsync(_tenant, MadePictures.RgbPng(picture, 300, 200))).MediaId);
            Assert.Equal(1, await CountMatchesAsync(media[^1]));

            // The same medium again is no further one.
            Assert.Equal(1, await CountMatchesAsync(media[^1]));
            await limit.CountAsync();
        }
        await Service.Services.GetRequiredService<BankFeedStore>().TryCatchUpAsync(CancellationToken.None);
        Assert.Equal(0, await CountMatchesAsync(media[0]));
        var waiting = await Service.Client.ListBankEntriesAsync(
            new ListBankEntriesRequest { BankId = _bank, State = BankEntryState.Quarantined }, Service.AsPerson);
        Assert.Equal("e1", Assert.Single(waiting.Entries).EntryId);
        var revision = Assert.Single((await RevisionsAsync(20, "")).Revisions);
        Assert.Equal((BankEntryAction.Quarantined, FloodLimit.Actor), (revision.Action, revision.Actor));

        await UpdateAsync(new BankEntry { State = BankEntryState.Active }, "state");
        Assert.Equal(1, await CountMatchesAsync(media[0]));
        Assert.Equal(0, await limit.CountAsync());
        Assert.Equal(1, await CountMatchesAsync(media[1]));
    }

    [Fact]
    public async Task Status_says_what_is_matched_with_and_how_far_the_replica_is_behind()
    {
        await BankedAsync();
        var status = await Banks.GetIndexStatusAsync(new GetIndexStatusRequest(), Service.AsPerson);
        Assert.InRange(status.PictureCount, 1, status.EntryCount);
        Assert.Equal(status.LatestBankVersion - status.BankVersion, status.ChangesBehind);
        Assert.InRange(status.BankVersion, 1, status.LatestBankVersion);
        Assert.InRange(status.CatchUpTime.ToDateTime(), DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow);
    }

    private async Task<string> BankedAsync()
    {
        var media = await Service.HashAsync(_tenant, Picture);
        await Service.AddAsync(Entry("e1", media.Fingerprints[0].Value, _ => { }));
        Assert.Equal(1, await CountMatchesAsync(media.MediaId));
        return media.MediaId;
    }

    private BankEntry Entry(string id, string pdq, Action<BankEntry> change)
    {
        // For this test's tenant alone: all tests share a store, and a known good picture of one would veto another's.
        var entry = new BankEntry
        {
            BankId = _bank,
            EntryId = id,
            Category = HarmCategory.FraudSpam,
            Kind = HashKind.Pdq,
            Value = pdq,
            TenantIds = { _tenant },
        };
        change(entry);
        return entry;
    }

    private UpdateBankEntryRequest Request(BankEntry wish, params string[] mask)
    {
        (wish.BankId, wish.EntryId) = (_bank, "e1");
        return new UpdateBankEntryRequest { Entry = wish, UpdateMask = new FieldMask { Paths = { mask } }, Reason = "why" };
    }

    private async Task<UpdateBankEntryResponse> UpdateAsync(BankEntry wish, params string[] mask) =>
        await Banks.UpdateBankEntryAsync(Request(wish, mask), Service.AsPerson);

    private async Task<ListBankEntryRevisionsResponse> RevisionsAsync(int pageSize, string token) => await Banks.ListBankEntryRevisionsAsync(
        new ListBankEntryRevisionsRequest { BankId = _bank, EntryId = "e1", PageSize = pageSize, PageToken = token }, Service.AsPerson);

    private async Task<(long, long)> OpineAsync(string media, MatchOpinion opinion)
    {
        var answer = await Banks.GiveMatchOpinionAsync(
            new GiveMatchOpinionRequest { BankId = _bank, EntryId = "e1", MediaId = media, Opinion = opinion }, Service.AsPerson);
        return (answer.Opinions.TruePositives, answer.Opinions.FalsePositives);
    }

    private async Task<int> CountMatchesAsync(string media) => (await Service.MatchAsync(_tenant, media)).Matches.Count(match => match.BankId == _bank);

    private static IEnumerable<string> Violations(RpcException error) =>
        error.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>().FieldViolations.Select(violation => violation.Field); // an error of ours has one
}
