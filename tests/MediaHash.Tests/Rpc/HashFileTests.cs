using Google.Protobuf;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Tests.Decoding;
using Moderation.MediaHash.Tests.Hashing;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.MediaHash.Tests.Rpc;

public sealed class HashFileTests(SharedRedis redis) : IAsyncLifetime
{
    private static readonly byte[] Picture = MadePictures.RgbPng(FormulaPicture.Create(2, 300, 200, 7), 300, 200);
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
    public async Task File_is_hashed_as_a_medium_of_a_tenant_is_and_nothing_is_stored()
    {
        var answer = await HashAsync(Picture);
        await NotFoundAsync(answer.Media.MediaId);
        Assert.Equal(await Service.HashAsync("some-tenant", Picture), answer.Media);
        Assert.DoesNotContain(answer.Matches.Matches, match => match.BankId == _bank);

        var pdq = answer.Media.Fingerprints.Single(fingerprint => fingerprint.Kind == HashKind.Pdq).Value;
        await Service.AddAsync(new BankEntry { BankId = _bank, EntryId = "e1", Category = HarmCategory.Hate, Kind = HashKind.Pdq, Value = pdq });
        var found = await HashAsync(Picture);
        var match = Assert.Single(found.Matches.Matches, match => match.BankId == _bank);
        Assert.Equal((0, answer.Media.MediaId), (match.Distance, match.MediaId));
        Assert.True(found.BankVersion > answer.BankVersion);

        async Task NotFoundAsync(string mediaId) => Assert.Equal(
            ErrorReason.MediaNotFound, RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(() => Service.MatchAsync("other-tenant", mediaId))));
    }

    [Fact]
    public async Task Entry_of_another_tenant_alone_does_not_match()
    {
        var entry = new BankEntry { BankId = _bank, EntryId = "e1", Category = HarmCategory.Hate, Kind = HashKind.Sha256, Value = MediaHash.Hashing.DigestTrio.Compute(Picture).Sha256 };
        entry.TenantIds.Add("one");
        await Service.AddAsync(entry);
        Assert.Single((await HashAsync(Picture)).Matches.Matches, match => match.BankId == _bank);
        Assert.Single((await HashAsync(Picture, "one")).Matches.Matches, match => match.BankId == _bank);
        Assert.DoesNotContain((await HashAsync(Picture, "two")).Matches.Matches, match => match.BankId == _bank);
    }

    [Fact]
    public async Task Wrong_streams_and_damaged_files_are_refused_with_their_reason()
    {
        Assert.Equal(ErrorReason.MediaRejected, await RefusalAsync(() => HashAsync(Picture[..(Picture.Length / 2)])));
        Assert.Equal(ErrorReason.InvalidFields, await RefusalAsync(() => HashAsync(Picture, "Not A Tenant!")));
        Assert.Equal(ErrorReason.InvalidFields, await RefusalAsync(() => SendAsync(new HashFileRequest { Chunk = ByteString.CopyFrom(Picture) })));
        var metadata = new HashFileRequest { Metadata = new HashFileMetadata() };
        Assert.Equal(ErrorReason.InvalidFields, await RefusalAsync(() => SendAsync(metadata, metadata)));
        Assert.Equal(ErrorReason.InvalidFields, await RefusalAsync(() => SendAsync(metadata, new HashFileRequest { Chunk = ByteString.CopyFrom(new byte[1024 * 1024 + 1]) })));
    }

    private Task<HashFileResponse> HashAsync(byte[] file, string tenant = "") => SendAsync(
        [new HashFileRequest { Metadata = new HashFileMetadata { TenantId = tenant } }, .. file.Chunk(5000).Select(chunk => new HashFileRequest { Chunk = ByteString.CopyFrom(chunk) })]);

    private async Task<HashFileResponse> SendAsync(params HashFileRequest[] messages)
    {
        using var call = new HashService.HashServiceClient(Service.Channel).HashFile(Service.AsPerson);
        try
        {
            foreach (var message in messages)
                await call.RequestStream.WriteAsync(message);
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception refused) when (refused is RpcException or InvalidOperationException)
        {
            // Refused before all was sent: the answer says why.
        }
        return await call.ResponseAsync;
    }

    private static async Task<ErrorReason> RefusalAsync(Func<Task> call) => RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(call));
}
