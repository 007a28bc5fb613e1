using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Moderation.Benchmarks.Fuzz;

/// <summary>Fills messages of the contract with what a caller might send.</summary>
internal static class MessageMutator
{
    private const int MaxDepth = 4;

    private static readonly long[] Numbers = [0, 1, -1, 2, 5, 16, 100, 101, 256, 257, 1000, 1001, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];
    private static readonly double[] Fractions = [0, 0.5, 0.1, 1, -1, 1.5, 0.55, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, 1e300];

    /// <summary>A message of a type. Each field is set more often than not.</summary>
    public static IMessage Next(MessageDescriptor type, Random random) => Fill(type.Parser.ParseFrom(ByteString.Empty), random, MaxDepth);

    /// <summary>The bytes of a message with some of them changed, cut or doubled: perhaps no message any more.</summary>
    public static byte[] Damage(byte[] bytes, Random random)
    {
        var list = bytes.ToList();
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            var at = random.Next(list.Count + 1);
            switch (random.Next(4))
            {
                case 0: list.Insert(at, (byte)random.Next(256)); break;
                case 1 when at < list.Count: list[at] = (byte)random.Next(256); break;
                case 2: list.RemoveRange(at, Math.Min(random.Next(8), list.Count - at)); break;
                case 3: list.InsertRange(at, list.Take(random.Next(16)).ToArray()); break;
            }
        }
        return [.. list];
    }

    private static IMessage Fill(IMessage message, Random random, int depth)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (random.Next(4) == 0 || (field.FieldType == FieldType.Message && depth == 0)) continue;
            if (field.IsMap) continue;
            if (field.IsRepeated)
            {
                var list = (IList)field.Accessor.GetValue(message);
                for (var i = random.Next(20) == 0 ? random.Next(300) : random.Next(4); i > 0; i--) list.Add(Value(field, random, depth));
            }
            else
            {
                field.Accessor.SetValue(message, Value(field, random, depth));
            }
        }
        return message;
    }

    private static object Value(FieldDescriptor field, Random random, int depth) => field.FieldType switch
    {
        FieldType.String => Text(field, random),
        FieldType.Bytes => ByteString.CopyFrom(Damage([], random)),
        FieldType.Bool => random.Next(2) == 0,
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, random.Next(-1, field.EnumType.Values.Count + 2)),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => unchecked((int)Pick(random, Numbers)),
        FieldType.UInt32 or FieldType.Fixed32 => unchecked((uint)Pick(random, Numbers)),
        FieldType.UInt64 or FieldType.Fixed64 => unchecked((ulong)Pick(random, Numbers)),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Pick(random, Numbers),
        FieldType.Float => (float)Pick(random, Fractions),
        FieldType.Double => Pick(random, Fractions),
        _ => Fill(field.MessageType.Parser.ParseFrom(ByteString.Empty), random, depth - 1),
    };

    // Half of the ids are good ones, or nothing would get past the first check. A lone surrogate can't be sent: UTF-8 has none.
    private static string Text(FieldDescriptor field, Random random)
    {
        if (field.Name.EndsWith("_id", StringComparison.Ordinal) && random.Next(2) == 0) return Pick(random, ["a", "moderation-text-v1", "entry-1", "t"]);
        var text = TextMutator.Next(random, random.Next(50) == 0 ? 30_000 : 300);
        return string.Concat(text.EnumerateRunes());
    }

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
