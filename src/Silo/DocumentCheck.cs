using System.Text.Json;
using Coordinator.Grains;
using Coordinator.Storage;

namespace Coordinator.Silo;

/// <summary>After the start, beside everything else: reads every stored document once, so that what cannot be read is named before somebody needs it.</summary>
internal sealed partial class DocumentCheck(IOpenedStorage stores, Intake intake, TimeProvider clock, ILogger<DocumentCheck> logger) : BackgroundService
{
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var survey in stores.Surveys)
            {
                await LookAsync(survey, stoppingToken);
            }
        }
        catch (StorageException failure)
        {
            LogFailure(failure.Message); // health tells of the storage itself
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    /// <summary>What is wrong with a document; null where nothing is, or where this program keeps no such documents.</summary>
    internal static string? Complaint(SurveyedDocument document) => !document.IsWhole ? "it is damaged, or was edited by hand" : document.Name switch
    {
        "competition" => Complaint<CompetitionDocument>(document, read => read.Schema, CompetitionDocument.CurrentSchema),
        "service" => Complaint<ServiceDocument>(document, read => read.Schema, ServiceDocument.CurrentSchema),
        "wallet" => Complaint<WalletDocument>(document, read => read.Schema, WalletDocument.CurrentSchema),
        "claims" => Complaint<ClaimDocument>(document, read => read.Schema, ClaimDocument.CurrentSchema),
        "player" => Complaint<PlayerDocument>(document, read => read.Schema, PlayerDocument.CurrentSchema),
        "user" => Complaint<UserDocument>(document, read => read.Schema, UserDocument.CurrentSchema),
        "username" => Complaint<UsernameDocument>(document, read => read.Schema, UsernameDocument.CurrentSchema),
        _ => null,
    };

    private static string? Complaint<T>(SurveyedDocument document, Func<T, int> schema, int known)
        where T : class
    {
        try
        {
            var read = JsonSerializer.Deserialize<T>(document.Json, DocumentJson.Options);
            return read is null ? "it is empty"
                : schema(read) != known ? $"it is of schema {schema(read)}, this program knows {known}"
                : null;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            return $"it cannot be read{(error is JsonException { Path: { Length: > 0 } path } ? $" at {path}" : "")}";
        }
    }

    private async Task LookAsync(IDocumentSurvey survey, CancellationToken cancellation)
    {
        SurveyedDocument? last = null;
        while (await survey.PageAsync(last) is { IsEmpty: false } page)
        {
            foreach (var document in page)
            {
                if (Complaint(document) is { } complaint)
                {
                    var name = NameOf(document);
                    intake.Report(name, $"the stored document {name}: {complaint}; it is left alone");
                    LogUnreadable(name, complaint);
                }
            }

            last = page[^1];
            await Task.Delay(Breath, clock, cancellation);
        }
    }

    /// <summary>As whoever cannot read one names it, too: one document is one hold.</summary>
    private static string NameOf(SurveyedDocument document) => document.Name switch
    {
        "competition" when Guid.TryParse(document.Key, out var id) => $"competition/{id}",
        "wallet" or "service" => document.Name,
        _ => $"{document.Name}/{document.Key}",
    };

    [LoggerMessage(46, LogLevel.Error, "the stored document {Document}: {Complaint}; it is left alone")]
    private partial void LogUnreadable(string document, string complaint);

    [LoggerMessage(47, LogLevel.Warning, "the stored documents could not all be looked at: {Why}")]
    private partial void LogFailure(string why);
}
