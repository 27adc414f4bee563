using System.Globalization;
using System.Text;

namespace Coordinator.Testing;

/// <summary>One span as a collector sees it.</summary>
/// <param name="TraceId">32 hex digits.</param>
/// <param name="SpanId">16 hex digits.</param>
/// <param name="Parent">16 hex digits; empty where it has none.</param>
/// <param name="Scope">The source's name.</param>
/// <param name="Links">Trace ids it links to.</param>
public sealed record OtlpSpan(
    string TraceId, string SpanId, string Parent, string Scope, string Name, IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<string> Links)
{
    /// <summary>Of an ExportTraceServiceRequest (opentelemetry-proto, collector/trace/v1).</summary>
    public static IEnumerable<OtlpSpan> Read(byte[] body)
        => from resource in Wire.Parts(body, 1)
           from scoped in Wire.Parts(resource, 2)
           let scope = Wire.Parts(scoped, 1).Select(part => Wire.Text(part, 1)).FirstOrDefault(string.Empty)
           from span in Wire.Parts(scoped, 2)
           select Of(scope, span);

    public string? this[string attribute] => Attributes.GetValueOrDefault(attribute);

    private static OtlpSpan Of(string scope, byte[] span) => new(
        Hex(span, 1), Hex(span, 2), Hex(span, 4), scope, Wire.Text(span, 5),
        Wire.Parts(span, 9).ToDictionary(pair => Wire.Text(pair, 1), pair => Value(Wire.Parts(pair, 2).Single()), StringComparer.Ordinal),
        [.. Wire.Parts(span, 13).Select(link => Hex(link, 1))]);

    private static string Hex(byte[] message, int field) => Convert.ToHexStringLower(Wire.Parts(message, field).FirstOrDefault([]));

    private static string Value(byte[] any)
        => Wire.Read(any).Select(field => field.Number switch
        {
            1 => Encoding.UTF8.GetString(field.Bytes),
            2 => field.Value == 0 ? "false" : "true",
            3 => unchecked((long)field.Value).ToString(CultureInfo.InvariantCulture),
            _ => $"field {field.Number}",
        }).FirstOrDefault(string.Empty);

    /// <summary>Protobuf's wire format, read without a schema.</summary>
    private static class Wire
    {
        public static IEnumerable<byte[]> Parts(byte[] message, int number) => Read(message).Where(field => field.Number == number).Select(field => field.Bytes);

        public static string Text(byte[] message, int number) => Encoding.UTF8.GetString(Parts(message, number).FirstOrDefault([]));

        public static IEnumerable<(int Number, ulong Value, byte[] Bytes)> Read(byte[] message)
        {
            var at = 0;
            while (at < message.Length)
            {
                var tag = Varint(message, ref at);
                var (number, value, bytes) = ((int)(tag >> 3), 0UL, Array.Empty<byte>());
                switch (tag & 7)
                {
                    case 0:
                        value = Varint(message, ref at);
                        break;
                    case 1:
                        (value, at) = (BitConverter.ToUInt64(message, at), at + 8);
                        break;
                    case 2:
                        var length = (int)Varint(message, ref at);
                        (bytes, at) = (message[at..(at + length)], at + length);
                        break;
                    case 5:
                        (value, at) = (BitConverter.ToUInt32(message, at), at + 4);
                        break;
                    default:
                        throw new InvalidDataException($"wire type {tag & 7} at {at}");
                }

                yield return (number, value, bytes);
            }
        }

        private static ulong Varint(byte[] message, ref int at)
        {
            ulong value = 0;
            for (var shift = 0; shift < 70; shift += 7)
            {
                var next = message[at++];
                value |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80)
                {
                    return value;
                }
            }

            throw new InvalidDataException("a number without end");
        }
    }
}
