using System.Buffers.Binary;
using System.Text.Json;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Host;
using Moderation.ModCtl.Tests.Fakes;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Hosting;
using Moderation.Testing;

namespace Moderation.ModCtl.Tests.Live;

/// <summary><c>modctl bank hash</c> against the running suite.</summary>
public sealed class BankHashCommandTests(SuiteFixture suite) : IClassFixture<SuiteFixture>
{
    private const int Side = 64;

    [Fact]
    public async Task Hash_file_tellsWhatANewEntryNeeds()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "picture.bmp");
        await File.WriteAllBytesAsync(file, Bitmap(), TestContext.Current.CancellationToken);
        var outcome = await RunAsync(Role.Policy, file);
        Assert.True(outcome.Code == 0, outcome.Error);
        using var json = JsonDocument.Parse(outcome.Output);
        var media = json.RootElement.GetProperty("media");
        Assert.Equal(Side, media.GetProperty("width").GetInt32());
        var kinds = media.GetProperty("fingerprints").EnumerateArray().ToDictionary(f => f.GetProperty("kind").GetString()!, f => f.GetProperty("value").GetString()!); // each has both
        Assert.Equal(64, kinds["HASH_KIND_PDQ"].Length);
        Assert.Equal("m_" + kinds["HASH_KIND_SHA256"], media.GetProperty("mediaId").GetString());
        Assert.Empty(json.RootElement.GetProperty("matches").EnumerateObject());
    }

    [Fact]
    public async Task Hash_damagedOrMissingFileOrOtherRole_saysWhy()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "cut.bmp");
        await File.WriteAllBytesAsync(file, Bitmap()[..500], TestContext.Current.CancellationToken);
        var cut = await RunAsync(Role.Policy, file);
        Assert.NotEqual(0, cut.Code);
        Assert.Contains("The bitmap ends before its pixels do.", cut.Error, StringComparison.Ordinal);
        var missing = await RunAsync(Role.Policy, file + ".none");
        Assert.NotEqual(0, missing.Code);
        Assert.Contains("cut.bmp.none", missing.Error, StringComparison.Ordinal);
        var auditor = await RunAsync(Role.Auditor, file);
        Assert.NotEqual(0, auditor.Code);
        Assert.Contains("ROLE_DENIED", auditor.Error, StringComparison.Ordinal);
    }

    private async Task<ModCtlProgram.Outcome> RunAsync(Role role, string file)
    {
        var token = suite.Suite.IssuePersonToken(Person.Of("pol@test", [role], [Person.AllTenants]), TimeSpan.FromHours(1));
        return await ModCtlProgram.RunAsync(
            name => name == "MODERATION_TOKEN" ? token : null,
            ["bank", "hash", file, "--address", suite.Suite.Address(MediaHashHost.Name, EndpointKind.Grpc).GetLeftPart(UriPartial.Authority)]);
    }

    // 24 bits a pixel, of patches that a perceptual hash can tell apart.
    private static byte[] Bitmap()
    {
        const int Header = 54;
        var bytes = new byte[Header + Side * Side * 3];
        "BM"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(2), bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(10), Header);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(18), Side);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(22), Side);
        bytes[26] = 1;
        bytes[28] = 24;
        for (var i = Header; i < bytes.Length; i++)
        {
            var pixel = (i - Header) / 3;
            bytes[i] = (byte)((pixel % Side / 8 * 37 + pixel / Side / 8 * 91) % 256);
        }

        return bytes;
    }
}
