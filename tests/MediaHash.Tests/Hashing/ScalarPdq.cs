using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Tests.Hashing;

/// <summary>PDQ written down one number at a time, as the algorithm's description reads: the yardstick of the vectorised one.</summary>
internal static class ScalarPdq
{
    private const int Side = 64;

    public static PdqFingerprint HashRgb(byte[] rgb, int width, int height)
    {
        var luma = new float[width * height];
        for (var i = 0; i < luma.Length; i++)
            luma[i] = 0.299f * rgb[i * 3] + 0.587f * rgb[i * 3 + 1] + 0.114f * rgb[i * 3 + 2];
        return HashLuma(luma, width, height);
    }

    public static PdqFingerprint HashLuma(float[] luma, int width, int height)
    {
        if (width < 5 || height < 5)
            return default;
        var block = width == Side && height == Side ? luma : Reduce(luma, width, height);
        var coefficients = Dct(block);
        var median = coefficients.Order().ElementAt(127);
        var words = new ulong[4];
        for (var i = 0; i < 256; i++)
        {
            if (coefficients[i] > median)
                words[i / 64] |= 1UL << (i % 64);
        }
        return new PdqFingerprint(new PdqHash(words[0], words[1], words[2], words[3]), Quality(block));
    }

    private static float[] Reduce(float[] luma, int width, int height)
    {
        var (a, b) = ((float[])luma.Clone(), new float[luma.Length]);
        for (var pass = 0; pass < 2; pass++)
        {
            for (var y = 0; y < height; y++)
                Box(a, b, y * width, width, 1);
            for (var x = 0; x < width; x++)
                Box(b, a, x, height, width);
        }
        var block = new float[Side * Side];
        for (var i = 0; i < Side; i++)
        {
            for (var j = 0; j < Side; j++)
                block[i * Side + j] = a[(int)((i + 0.5) * height / Side) * width + (int)((j + 0.5) * width / Side)];
        }
        return block;
    }

    private static void Box(float[] source, float[] target, int start, int length, int stride)
    {
        var window = (length + 127) / 128;
        var reach = (window + 2) / 2;
        var (sum, size, right, left) = (0f, 0, 0, 0);
        for (; right < reach - 1; right++, size++)
            sum += source[start + right * stride];
        for (var at = 0; at < length; at++)
        {
            if (right < length)
            {
                sum += source[start + right++ * stride];
                size++;
            }
            if (at + reach > window)
            {
                sum -= source[start + left++ * stride];
                size--;
            }
            target[start + at * stride] = sum / size;
        }
    }

    private static float[] Dct(float[] block)
    {
        var scale = (float)Math.Sqrt(2.0 / Side);
        float D(int i, int j) => (float)(scale * Math.Cos(Math.PI / 2.0 / Side * (i + 1) * (2 * j + 1)));
        var d = new float[16 * Side];
        for (var i = 0; i < d.Length; i++)
            d[i] = D(i / Side, i % Side);
        var half = new float[16 * Side];
        for (var i = 0; i < 16; i++)
        {
            for (var j = 0; j < Side; j++)
            {
                var sum = 0f;
                for (var k = 0; k < Side; k++)
                    sum += d[i * Side + k] * block[k * Side + j];
                half[i * Side + j] = sum;
            }
        }
        var result = new float[256];
        for (var i = 0; i < 16; i++)
        {
            for (var j = 0; j < 16; j++)
            {
                var sum = 0f;
                for (var k = 0; k < Side; k++)
                    sum += half[i * Side + k] * d[j * Side + k];
                result[i * 16 + j] = sum;
            }
        }
        return result;
    }

    private static int Quality(float[] block)
    {
        var sum = 0;
        for (var i = 0; i < Side; i++)
        {
            for (var j = 0; j < Side; j++)
            {
                if (i < Side - 1)
                    sum += Math.Abs((int)((block[i * Side + j] - block[(i + 1) * Side + j]) * 100 / 255));
                if (j < Side - 1)
                    sum += Math.Abs((int)((block[i * Side + j] - block[i * Side + j + 1]) * 100 / 255));
            }
        }
        return Math.Min(100, sum / 90);
    }
}
