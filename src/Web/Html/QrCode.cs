using System.Globalization;
using System.Text;
using QRCoder;

namespace Coordinator.Web;

/// <summary>A QR code as SVG, dark on light in every theme, with its quiet zone.</summary>
internal static class QrCode
{
    internal static Markup Of(string text, string name)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var rows = code.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows[y].Count; x++)
            {
                if (rows[y][x])
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
                }
            }
        }

        return Html.Of(
            $"""<svg class="qr" viewBox="0 0 {rows.Count} {rows.Count}" role="img" aria-label="{name}" shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/><path d="{path.ToString()}" fill="#000"/></svg>""");
    }
}
