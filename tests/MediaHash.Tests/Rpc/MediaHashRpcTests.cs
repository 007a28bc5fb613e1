using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Tests.Decoding;
using Moderation.MediaHash.Tests.Hashing;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;
using StackExchange.Redis;
using Xunit;

namespace Moderation.MediaHash.Tests.Rpc;

public sealed class MediaHashRpcTests(SharedRedis redis) : IAsyncLifetime
{
    private static readonly byte[] Picture = MadePictures.RgbPng(FormulaPicture.Create(2, 300, 200, 1), 300, 200);
    private readonly string _tenant = "t-" + Guid.NewGuid().ToString("n");
    private readonly string _bank = "b-" + Guid.NewGuid().ToString("n");
    private RunningService? _service;

    private RunningService Service => _service ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync() => _service = await RunningService.StartAsync(redis.Server);

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
            await _service.DisposeAsync();
    }

    [Fact]
    public async Task HashMedia_picture_answers_fingerprints_and_stores_them_for_a_day()
    {
        var answer = await Service.HashAsync(_tenant, Picture);
        var digests = MediaHash.Hashing.DigestTrio.Compute(Picture);
        Assert.Equal("m_" + digests.Sha256, answer.MediaId);
        Assert.Equal((Picture.Length, 300, 200), (answer.ByteCount, answer.Width, answer.Height));
        var pdq = MediaHash.Hashing.PdqHasher.HashRgb(FormulaPicture.Create(2, 300, 200, 1), 300, 200);
        Assert.Equal(
            [(HashKind.Pdq, pdq.Hash.ToString(), pdq.Quality), (HashKind.Sha256, digests.Sha256, 100), (HashKind.Sha1, digests.Sha1, 100), (HashKind.Md5, digests.Md5, 100)],
            answer.Fingerprints.Select(fingerprint => (fingerprint.Kind, fingerprint.Value, fingerprint.Quality)));

        await using var probe = await ConnectionMultiplexer.ConnectAsync(redis.Server.ConnectionString);
        var key = KeySpace.Media(_tenant, answer.MediaId);
        var left = await probe.GetDatabase().KeyTimeToLiveAsync(key);
        Assert.InRange(left.GetValueOrDefault(), TimeSpan.FromHours(23.9), TimeSpan.FromHours(24));
        Assert.InRange((await probe.GetDatabase().StringGetAsync(key)).Length(), 1, 700);
    }

    [Fact]
    public async Task MatchMedia_finds_a_later_frame_of_an_animation_and_says_which_and_when()
    {
        var frames = Enumerable.Range(1, 3).Select(seed => new GifFrame([.. FormulaPicture.Create(3, 120, 90, seed).Chunk(3).Select(rgb => rgb[0])], 0, 0, 120, 25)).ToArray();
        var medium = await Service.HashAsync(_tenant, MadeGif.Write(120, 90, frames));
        Assert.Equal([1, 2], medium.PictureFrames.Select(frame => frame.Number));
        var known = MediaHash.Hashing.PdqHasher.HashRgb(MadeGif.Show(120, 90, frames).Last(), 120, 90).Hash;
        await Service.AddAsync(new BankEntry { BankId = _bank, EntryId = "e1", Category = HarmCategory.Hate, Kind = HashKind.Pdq, Value = known.ToString() });
        var match = Assert.Single((await Service.MatchAsync(_tenant, medium.MediaId)).Matches, match => match.BankId == _bank);
        Assert.Equal((0, 2, PictureForm.Unspecified), (match.Distance, match.FrameNumber, match.Form));
        Assert.Equal(TimeSpan.FromSeconds(0.5), Assert.Single(match.FrameTimes).ToTimeSpan());
    }

    [Fact]
    public async Task Replica_with_a_snapshot_writes_it_at_its_end_and_starts_from_it()
    {
        var folder = Directory.CreateTempSubdirectory("snapshot-");
        var path = Path.Combine(folder.FullName, "banks");
        await Service.AddAsync(new BankEntry { BankId = _bank, EntryId = "e1", Category = HarmCategory.Hate, Kind = HashKind.Md5, Value = new string('a', 32) });
        await using (var first = await RunningService.StartAsync(redis.Server, ("MediaHash:Snapshot:Path", path)))
            Assert.False(FeedOf(first).IsFromSnapshot);
        Assert.True(File.Exists(path));
        await Service.AddAsync(new BankEntry { BankId = _bank, EntryId = "e2", Category = HarmCategory.Hate, Kind = HashKind.Md5, Value = new string('b', 32) });
        await using (var second = await RunningService.StartAsync(redis.Server, ("MediaHash:Snapshot:Path", path)))
        {
            Assert.True(FeedOf(second) is { IsFromSnapshot: true, IsLoaded: true });
            var listed = await second.Client.ListBankEntriesAsync(new ListBankEntriesRequest { BankId = _bank }, second.AsPerson);
            Assert.Equal(["e1", "e2"], listed.Entries.Select(entry => entry.EntryId));
        }
        folder.Delete(recursive: true);

        static MediaHash.Host.Banks.BankFeedStore FeedOf(RunningService service) =>
            service.Services.GetService(typeof(MediaHash.Host.Banks.BankFeedStore)) as MediaHash.Host.Banks.BankFeedStore ?? throw new InvalidOperationException("Not registered.");
    }

    [Theory]
    [InlineData("MediaHash:Snapshot:Path", "banks")]
    [InlineData("MediaHash:Snapshot:Path", "/no/such/directory/banks")]
    [InlineData("MediaHash:Snapshot:Minutes", "0")]
    [InlineData("MediaHash:Snapshot:Changes", "100001")]
    [InlineData("MediaHash:Decoding:SampledFrames", "65")]
    [InlineData("MediaHash:Decoding:MaxFrames", "0")]
    public async Task Start_with_a_wrong_setting_fails_and_names_it(string key, string value)
    {
        var refused = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => RunningService.StartAsync(redis.Server, (key, value)));
        Assert.Contains(key, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MatchMedia_finds_a_turned_picture_and_says_how_it_was_turned()
    {
        var upright = File.ReadAllBytes(Repository.PathOf("services", "dev-host", "SampleFeed", "pictures", "benign-dunes.png"));
        using var image = NetVips.Image.NewFromBuffer(upright);
        using var turned = image.Rot180();
        var known = (await Service.HashAsync(_tenant, upright)).Fingerprints.Single(found => found.Kind == HashKind.Pdq);
        await Service.AddAsync(new BankEntry { BankId = _bank, EntryId = "e1", Category = HarmCategory.Hate, Kind = HashKind.Pdq, Value = known.Value });
        var medium = await Service.HashAsync(_tenant, turned.PngsaveBuffer());
        var match = Assert.Single((await Service.MatchAsync(_tenant, medium.MediaId)).Matches, match => match.BankId == _bank);
        Assert.Equal(PictureForm.Rotated180, match.Form);
        Assert.InRange(match.Distance, 0, 31);
    }

    [Fact]
    public async Task HashMedia_same_bytes_in_other_chunks_answers_the_same() =>
        Assert.Equal(await Service.HashAsync(_tenant, Picture, 1000), await Service.HashAsync(_tenant, Picture, 333));

    [Theory]
    [InlineData("EMPTY", "")]
    [InlineData("UNSUPPORTED_FORMAT", "<html>holiday.jpg</html>")]
    [InlineData("TRUNCATED", "GIF89a")]
    public async Task HashMedia_bad_media_is_MEDIA_REJECTED_with_its_detail_and_leaves_nothing(string detail, string text)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(text);
        var error = await AssertFails(ErrorReason.MediaRejected, () => Service.HashAsync(_tenant, bytes));
        Assert.Equal(detail, error.Metadata["detail"]);
        var id = "m_" + MediaHash.Hashing.DigestTrio.Compute(bytes).Sha256;
        await AssertFails(ErrorReason.MediaNotFound, () => Service.MatchAsync(_tenant, id));
    }

    [Fact]
    public async Task HashMedia_over_20_MiB_is_TOO_LARGE()
    {
        var bytes = new byte[20 * 1024 * 1024 + 1];
        var error = await AssertFails(ErrorReason.MediaRejected, () => Service.HashAsync(_tenant, bytes, 1024 * 1024));
        Assert.Equal("TOO_LARGE", error.Metadata["detail"]);
    }

    [Fact]
    public async Task HashMedia_without_metadata_is_INVALID_FIELDS()
    {
        using var call = Service.Client.HashMedia(Service.AsService);
        await call.RequestStream.CompleteAsync();
        await AssertFails(ErrorReason.InvalidFields, () => call.ResponseAsync);
    }

    [Fact]
    public async Task HashMedia_zip_bomb_is_TOO_MANY_PIXELS()
    {
        var bomb = MadePictures.Png(30_000, 30_000, 1, 0, Enumerable.Repeat(new byte[30_000 / 8], 30_000));
        var error = await AssertFails(ErrorReason.MediaRejected, () => Service.HashAsync(_tenant, bomb));
        Assert.Equal("TOO_MANY_PIXELS", error.Metadata["detail"]);
    }

    [Fact]
    public async Task HashMedia_more_at_once_than_allowed_is_OVERLOADED_and_taken_again_afterwards()
    {
        await using var small = await RunningService.StartAsync(redis.Server, ("MediaHash:Upload:MaxInFlight", "1"));
        async Task<AsyncClientStreamingCall<HashMediaRequest, HashMediaResponse>> OpenAsync()
        {
            var call = small.Client.HashMedia(small.AsService);
            await call.RequestStream.WriteAsync(new HashMediaRequest { Metadata = new HashMediaMetadata { TenantId = _tenant } });
            return call;
        }

        var first = await OpenAsync();
        var error = await AssertFails(ErrorReason.Overloaded, async () =>
        {
            // Until the server has seen the first stream, the second is the first, and the first may be the one that is refused.
            while (true)
            {
                await small.HashAsync(_tenant, Picture);
                if (first.ResponseAsync.IsCompleted)
                    first = await OpenAsync();
            }
        });
        Assert.Equal("1", error.Metadata["limit"]);
        await first.RequestStream.CompleteAsync();
        await AssertFails(ErrorReason.MediaRejected, () => first.ResponseAsync);
        Assert.Equal(Picture.Length, (await small.HashAsync(_tenant, Picture)).ByteCount);
    }

    [Fact]
    public async Task HashMedia_of_a_person_is_refused()
    {
        using var call = Service.Client.HashMedia(Service.AsPerson);
        await AssertFails(ErrorReason.AccessDenied, () => call.ResponseAsync);
    }

    [Fact]
    public async Task MatchMedia_changed_picture_matches_its_pdq_entry_until_it_is_removed()
    {
        var original = await Service.HashAsync(_tenant, Picture);
        using var image = NetVips.Image.NewFromBuffer(Picture);
        var changed = await Service.HashAsync(_tenant, image.JpegsaveBuffer(q: 60));
        Assert.NotEqual(original.MediaId, changed.MediaId);

        var added = await Service.AddAsync(Entry("e1", HashKind.Pdq, original.Fingerprints[0].Value));
        var signals = await Service.MatchAsync(_tenant, changed.MediaId, original.MediaId);
        Assert.Equal(SignalStatus.Available, signals.Status);
        Assert.InRange(signals.BankVersion, added.BankVersion, long.MaxValue);
        Assert.Equal([original.MediaId, changed.MediaId], Ours(signals).OrderBy(match => match.Distance).Select(match => match.MediaId));
        Assert.All(Ours(signals), match => Assert.Equal((HarmCategory.ViolentExtremism, HashKind.Pdq), (match.Category, match.Kind)));
        Assert.InRange(Ours(signals).Max(match => match.Distance), 1, 31);

        var removed = await Service.RemoveAsync(_bank, "e1");
        Assert.True(removed.BankVersion > added.BankVersion);
        Assert.Empty(Ours(await Service.MatchAsync(_tenant, changed.MediaId)));
        Assert.Equal("e1", (await AssertFails(ErrorReason.BankEntryNotFound, () => Service.RemoveAsync(_bank, "e1"))).Metadata["entry_id"]);
    }

    [Fact]
    public async Task MatchMedia_exact_hashes_match_a_picture_of_low_quality()
    {
        var media = await Service.HashAsync(_tenant, MadePictures.RgbPng(new byte[100 * 100 * 3], 100, 100));
        Assert.Equal(0, media.Fingerprints[0].Quality);
        foreach (var fingerprint in media.Fingerprints)
            await Service.AddAsync(Entry("by-" + fingerprint.Kind.ToString().ToLowerInvariant(), fingerprint.Kind, fingerprint.Value.ToUpperInvariant()));
        var matches = Ours(await Service.MatchAsync(_tenant, media.MediaId));
        Assert.Equal(["by-md5", "by-sha1", "by-sha256"], matches.Select(match => match.EntryId));
        Assert.All(matches, match => Assert.Equal((0, 100), (match.Distance, match.Quality)));
    }

    [Fact]
    public async Task MatchMedia_of_another_tenant_is_MEDIA_NOT_FOUND()
    {
        var media = await Service.HashAsync(_tenant, Picture);
        var error = await AssertFails(ErrorReason.MediaNotFound, () => Service.MatchAsync("another", media.MediaId));
        Assert.Equal(media.MediaId, error.Metadata["media_id"]);
    }

    [Fact]
    public async Task MatchMedia_bad_request_names_all_fields() =>
        await AssertViolations(["tenant_id", "media_ids[0]"], () => Service.MatchAsync("a b", "m_1"));

    [Fact]
    public async Task MatchMedia_no_ids_is_refused() => await AssertViolations(["media_ids"], () => Service.MatchAsync(_tenant));

    [Fact]
    public async Task MatchStream_answers_each_call_and_an_error_ends_nothing()
    {
        var media = await Service.HashAsync(_tenant, Picture);
        using var stream = Service.Client.MatchStream(Service.AsService);
        var good = new MatchMediaRequest { TenantId = _tenant, MediaIds = { media.MediaId } };
        var missing = new MatchMediaRequest { TenantId = _tenant, MediaIds = { "m_" + new string('0', 64) } };
        await stream.RequestStream.WriteAsync(new MatchStreamRequest
        {
            Calls =
            {
                new MatchStreamCall { CorrelationId = 1, Request = missing },
                new MatchStreamCall { CorrelationId = 2, Request = good },
                new MatchStreamCall { CorrelationId = 3 },
            },
        });
        await stream.RequestStream.CompleteAsync();
        var answers = new List<MatchStreamAnswer>();
        await foreach (var message in stream.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
            answers.AddRange(message.Answers);
        Assert.Equal([1UL, 2UL, 3UL], answers.Select(answer => answer.CorrelationId).Order());
        Assert.Equal(SignalStatus.Available, answers.Single(answer => answer.CorrelationId == 2).Response.Signals.Status);
        Assert.Equal((int)StatusCode.FailedPrecondition, answers.Single(answer => answer.CorrelationId == 1).Error.Code);
        Assert.Equal((int)StatusCode.InvalidArgument, answers.Single(answer => answer.CorrelationId == 3).Error.Code);
    }

    [Fact]
    public async Task AddBankEntry_again_answers_what_was_stored_first()
    {
        var first = await Service.AddAsync(Entry("e1", HashKind.Md5, new string('A', 32)));
        var again = Entry("e1", HashKind.Md5, new string('a', 32));
        again.Note = "another note";
        Assert.Equal(first, await Service.AddAsync(again));
        Assert.Equal(("tester", new string('a', 32)), (first.Entry.Creator, first.Entry.Value));
        Assert.NotNull(first.Entry.CreateTime);
    }

    [Fact]
    public async Task AddBankEntry_same_id_other_value_is_BANK_ENTRY_CONFLICT()
    {
        await Service.AddAsync(Entry("e1", HashKind.Md5, new string('a', 32)));
        var error = await AssertFails(ErrorReason.BankEntryConflict, () => Service.AddAsync(Entry("e1", HashKind.Md5, new string('b', 32))));
        Assert.Equal("e1", error.Metadata["entry_id"]);
    }

    [Fact]
    public async Task AddBankEntry_bad_fields_are_all_named() => await AssertViolations(
        ["entry.bank_id", "entry.entry_id", "entry.category", "entry.kind"], () => Service.AddAsync(new BankEntry()));

    [Fact]
    public async Task AddBankEntry_without_an_entry_is_refused() => await AssertViolations(
        ["entry"], async () => await Service.Client.AddBankEntryAsync(new AddBankEntryRequest(), Service.AsPerson));

    [Fact]
    public async Task AddBankEntry_of_a_service_is_refused() => await AssertFails(
        ErrorReason.AccessDenied,
        async () => await Service.Client.AddBankEntryAsync(new AddBankEntryRequest { Entry = Entry("e1", HashKind.Md5, "") }, Service.AsService));

    [Fact]
    public async Task ListBankEntries_pages_through_all_in_order()
    {
        foreach (var id in (string[])["c", "a", "e", "b", "d"])
            await Service.AddAsync(Entry(id, HashKind.Md5, new string('a', 32)));
        var (seen, token) = (new List<string>(), "");
        do
        {
            var page = await Service.Client.ListBankEntriesAsync(
                new ListBankEntriesRequest { BankId = _bank, PageSize = 2, PageToken = token }, Service.AsPerson);
            Assert.InRange(page.Entries.Count, 1, 2);
            seen.AddRange(page.Entries.Select(entry => entry.EntryId));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal(["a", "b", "c", "d", "e"], seen);
    }

    [Fact]
    public async Task ListBankEntries_bad_page_is_refused() => await AssertViolations(
        ["bank_id", "page_size", "page_token"],
        async () => await Service.Client.ListBankEntriesAsync(
            new ListBankEntriesRequest { BankId = "", PageSize = 1001, PageToken = "!" }, Service.AsPerson));

    [Fact]
    public async Task Readiness_after_the_first_load_is_serving()
    {
        // A match answers only once the banks are loaded; the published health follows within its period.
        var media = await Service.HashAsync(_tenant, Picture);
        Assert.Equal(SignalStatus.Available, (await Service.MatchAsync(_tenant, media.MediaId)).Status);
        using var watch = new Health.HealthClient(Service.Channel).Watch(new HealthCheckRequest { Service = "readiness" });
        await foreach (var status in watch.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (status.Status == HealthCheckResponse.Types.ServingStatus.Serving)
                return;
        }
        Assert.Fail("The service never became ready.");
    }

    [Fact]
    public void Enums_of_core_and_contract_have_the_same_names_and_numbers()
    {
        Assert.Equal(Members<HarmCategory>(), Members<MediaHash.Banks.HarmCategory>());
        Assert.Equal(Members<HashKind>(), Members<MediaHash.Banks.HashKind>());

        static IEnumerable<(string, int)> Members<T>()
            where T : struct, Enum => Enum.GetValues<T>().Select(value => (value.ToString(), Convert.ToInt32(value)));
    }

    private BankEntry Entry(string id, HashKind kind, string value) => new()
    {
        BankId = _bank,
        EntryId = id,
        Category = HarmCategory.ViolentExtremism,
        Kind = kind,
        Value = value,
        Source = "test",
    };

    private IReadOnlyList<BankMatch> Ours(MediaSignals signals) => [.. signals.Matches.Where(match => match.BankId == _bank)];

    private static async Task AssertViolations(string[] fields, Func<Task> call)
    {
        var exception = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(fields, exception.GetRpcStatus()?.GetDetail<BadRequest>()?.FieldViolations.Select(violation => violation.Field));
    }

    private static async Task<ErrorInfo> AssertFails(ErrorReason reason, Func<Task> call)
    {
        var exception = await Assert.ThrowsAsync<RpcException>(call);
        var info = exception.GetRpcStatus()?.GetDetail<ErrorInfo>();
        Assert.NotNull(info);
        Assert.Equal(reason, ServiceDefaults.Errors.RpcErrors.ReasonOf(exception));
        return info;
    }
}
