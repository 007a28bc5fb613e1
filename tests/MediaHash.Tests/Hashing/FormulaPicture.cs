namespace Moderation.MediaHash.Tests.Hashing;

/// <summary>Pictures made from a seed, so that vectors need no files.</summary>
internal static class FormulaPicture
{
    public static byte[] Create(int kind, int width, int height, int seed)
    {
        var state = (ulong)(seed * 1000 + kind);
        var bw = (int)(8 + Next(ref state) % 57);
        var bh = (int)(8 + Next(ref state) % 57);
        var rgb = new byte[width * height * 3];
        var at = 0;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                for (var c = 0; c < 3; c++)
                {
                    rgb[at++] = (byte)(kind switch
                    {
                        0 => (int)(Next(ref state) & 255),
                        1 => x * 255 / width + y * (c + 1) * 255 / height,
                        2 => ((x / bw + y / bh + c) & 1) != 0 ? 220 : 30,
                        3 => x * 255 / width * (c + 1) + y * 255 / height * (3 - c) + x / bw * (y / bh) % 5 * 40
                            + (int)(Next(ref state) & 15),
                        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
                    });
                }
            }
        }
        return rgb;
    }

    private static ulong Next(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
