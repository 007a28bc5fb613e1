using CsCheck;
using Moderation.Enforcement.Audit;
using Xunit;

namespace Moderation.Enforcement.Tests.Audit;

public sealed class RecordCipherTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, RecordCipher.KeyLength).Select(i => (byte)i)];

    [Fact]
    public void Decrypt_of_what_was_encrypted_is_the_identity()
        => Gen.Byte.Array[0, 20_000].Sample(
            record => Assert.Equal(record, RecordCipher.Decrypt(Key, "shard-1", 7, RecordCipher.Encrypt(Key, "shard-1", 7, record))), iter: 100);

    [Fact]
    public void Decrypt_with_another_key_or_place_or_a_changed_byte_is_null()
    {
        var sealedRecord = RecordCipher.Encrypt(Key, "shard-1", 7, "a record"u8);
        Assert.Null(RecordCipher.Decrypt(new byte[RecordCipher.KeyLength], "shard-1", 7, sealedRecord));
        Assert.Null(RecordCipher.Decrypt(Key, "shard-2", 7, sealedRecord));
        Assert.Null(RecordCipher.Decrypt(Key, "shard-1", 8, sealedRecord));
        Assert.Null(RecordCipher.Decrypt(Key, "shard-1", 7, sealedRecord.AsSpan(0, 10)));
        for (var i = 0; i < sealedRecord.Length; i++)
        {
            var changed = sealedRecord.ToArray();
            changed[i] ^= 1;
            Assert.Null(RecordCipher.Decrypt(Key, "shard-1", 7, changed));
        }
    }
}
