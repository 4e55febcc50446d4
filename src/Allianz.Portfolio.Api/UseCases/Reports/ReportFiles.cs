using System.Globalization;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Domain;
using Microsoft.Extensions.Caching.Memory;

namespace Allianz.Portfolio.Api.UseCases.Reports;

/// <summary>A kind of file that a report is handed out as.</summary>
/// <param name="Extension">What its name ends with.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Write">Makes it of a report.</param>
internal sealed record ReportForm(string Extension, string ContentType, Action<ShownReport, ReportTemplate, Stream> Write);

/// <summary>
/// Makes the files of reports. A report never changes, and what is said of it beside its content seldom does, so a file made once is given
/// again; few are made at once, because each takes a
/// processor for seconds and anybody may ask.
/// </summary>
internal sealed class ReportFiles(ReportTemplate template, PublicAddress address) : IDisposable
{
    private const int AtOnce = 2;
    private const long KeptBytes = 64 * 1024 * 1024;

    /// <summary>All kinds.</summary>
    public static readonly IReadOnlyList<ReportForm> Forms =
    [
        new("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", DocxReport.Write),
        new(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            (report, _, output) => XlsxReport.Write(report, output)
        ),
        new("csv", "text/csv; charset=utf-8", (report, _, output) => CsvReport.Write(report.Report, output)),
    ];

    private static readonly string _program = typeof(ReportFiles).Module.ModuleVersionId.ToString("N")[..12];

    private readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = KeptBytes });
    private readonly SemaphoreSlim _turns = new(AtOnce);

    /// <summary>The ETag of a file: of the report, of what became of it, of what makes it and of how it is to look.</summary>
    public string TagOf(ReportForm form, string hash, IssuedReport listed) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"\"{hash[..32]}-{(listed.Embargoed ? "held" : "free")}{listed.ReplacedBy}-{_program}-{template.Tag}-{form.Extension}\""
        );

    /// <summary>The file; the same bytes whenever it is made.</summary>
    public async Task<byte[]> MakeAsync(ReportForm form, byte[] content, string hash, IssuedReport listed, CancellationToken ct)
    {
        var tag = TagOf(form, hash, listed);
        if (_kept.TryGetValue<byte[]>(tag, out var kept))
        {
            return kept!;
        }
        await _turns.WaitAsync(ct);
        try
        {
            // Whoever was before us may have wanted the same.
            if (_kept.TryGetValue(tag, out kept))
            {
                return kept!;
            }
            var file = await Task.Run(
                () =>
                {
                    using var output = new MemoryStream();
                    var report = new ShownReport(ReportContent.FromBytes(content), hash) { Listed = listed, Address = address.Of };
                    form.Write(report, template, output);
                    return output.ToArray();
                },
                ct
            );
            return _kept.Set(tag, file, new MemoryCacheEntryOptions { Size = file.Length });
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose()
    {
        _kept.Dispose();
        _turns.Dispose();
    }
}
