using System.Collections.Immutable;

namespace Coordinator.Gateway.Errors;

/// <summary>The rows of <see cref="ErrorTable"/>. A new code needs a row here and one in this folder's README.</summary>
internal static class ErrorRows
{
    private static readonly ImmutableArray<ErrorRow> Door =
    [
        new("bad_request", "400", 400, "The request is not well formed"),
        new("invalid_path", "400", 400, "An id in the path is no UUID"),
        new("invalid_query", "400", 400, "A query parameter is malformed"),
        new("invalid_json", "400", 400, "The body is not valid JSON"),
        new("invalid_gzip", "-", 400, "The body is not valid gzip"),
        new("invalid_body", "422", 422, "The body has not the expected shape"),
        new("unsupported_media_type", "415", 415, "The body must be application/json"),
        new("unsupported_encoding", "-", 415, "This route does not take that content encoding"),
        new("body_too_large", "413", 413, "The body is too large"),
        new("request_timeout", "-", 408, "The body did not arrive in time"),
        new("unknown_path", "200 (a page)", 404, "There is no such path on this listener"),
        new("method_not_allowed", "405", 405, "This path does not take that method"),
        new("unavailable", "500", 503, "The service cannot answer now; the same request may be sent again"),
        new("busy", "-", 503, "Too many requests"),
        new("too_many_requests", "-", 429, "Too many requests from here: wait as long as Retry-After says"),
        new("internal", "500", 500, "internal server error"),
    ];

    private static readonly ImmutableArray<ErrorRow> Authentication =
    [
        new("no_auth_header", "401", 401, "The request is not signed"),
        new("expired_timestamp", "401", 401, "The signed event is too old or from the future"),
        new("invalid_event_kind", "401", 401, "The signed event is of another kind"),
        new("url_method_mismatch", "401", 401, "Signed for another address or method"),
        new("invalid_url", "401", 401, "The request's address is malformed"),
        new("invalid_method", "401", 401, "The request's method cannot be signed"),
        new("payload_mismatch", "200", 401, "Signed for another body"),
        new("replayed", "200", 401, "The signed event was used before"),
        new("invalid_signature", "403", 403, "The signature is wrong"),
        new("invalid_auth_format", "400", 400, "The authorization header is malformed"),
        new("invalid_base_64", "400", 400, "The authorization header is not base64"),
        new("invalid_event_json", "400", 400, "The authorization header holds no event"),
        new("invalid_http_data", "400", 400, "The signed event lacks what a request needs"),
        new("non_empty_content", "400", 400, "The signed event has content"),
        new("operator_token_missing", "200", 401, "The operator's token is missing"),
        new("operator_token_wrong", "200", 401, "The operator's token is wrong"),
    ];

    private static readonly ImmutableArray<ErrorRow> Competitions =
    [
        new("competition_not_found", "500 (entries: 400)", 404, "There is no such competition"),
        new("competition_exists", "500", 409, "A competition with this id has other terms"),
        new("competition_full", "400", 400, "Every seat is taken"),
        new("competition_cancelled", "-", 409, "The competition is cancelled"),
        new("not_deletable", "-", 409, "Only a cancelled competition of which nothing is open is deleted"),
        new("already_funded", "-", 409, "A funded competition is never cancelled"),
        new("already_signed", "-", 409, "The contract is signed already"),
        new("signed_remotely", "-", 409, "The contract is signed through Keymeld: players send nothing"),
        new("keymeld_unavailable", "200", 503, "The signing service cannot take the competition now"),
        new("entries_closed", "200", 409, "Entries are closed"),
        new("not_now", "-", 409, "Not in this state of the competition"),
        new("not_decided", "-", 409, "No outcome is confirmed yet"),
        new("invalid_terms", "200", 422, "The terms are not playable"),
        new("chain_unavailable", "500", 503, "The chain source does not answer"),
        new("starting", "-", 503, "After a start, competitions are compared with the chain and Lightning first"),
        new("settle_only", "-", 503, "No new money is taken at the moment; everything begun goes on"),
        new("hold_not_found", "-", 404, "There is no such hold"),
        new("hold_not_releasable", "-", 409, "The hold ends when the document can be read again"),
        new("settle_only_configured", "-", 409, "Settle-only is set in the configuration"),
        new("restore_pending", "-", 409, "The checks after a restore are not done"),
    ];

    private static readonly ImmutableArray<ErrorRow> Seats =
    [
        new("btc_pubkey", "400 (empty)", 400, "The ticket's key is no compressed public key"),
        new("ephemeral_pubkey", "422", 400, "The entry's key is no compressed public key"),
        new("payout_hash", "200", 400, "The payout hash is not 32 bytes of hex"),
        new("player_barred", "-", 403, "The caller gets no ticket for a while: the part of an entry of theirs was missing at a signing deadline"),
        new("player", "401", 400, "The caller's key is no public key"),
        new("encrypted_backup", "200", 400, "An encrypted value is too long"),
        new("prediction", "422", 400, "A prediction is not Over, Par or Under"),
        new("invoice_pending", "400", 503, "The invoice is not made yet; the ticket is the caller's"),
        new("no_ticket", "400", 400, "No seat is free now"),
        new("ticket_not_found", "400", 400, "There is no such ticket"),
        new("ticket_not_yours", "400", 400, "Somebody else holds this ticket"),
        new("ticket_used", "400", 400, "The ticket has an entry"),
        new("ticket_lapsed", "400", 400, "The ticket was not paid in time"),
        new("entry_id", "400", 400, "The entry id is not acceptable"),
        new("entry_exists", "500", 409, "An entry with this id exists"),
        new("entry_not_found", "404", 404, "There is no such entry of this caller"),
        new("key_mismatch", "400", 400, "The entry's key is not the ticket's"),
        new("too_many_entries", "-", 409, "This player holds as many seats as one player may"),
        new("key_proof_missing", "-", 400, "The entry has no proof of its key"),
        new("invalid_key_proof", "-", 400, "The entry's proof is not one of its key"),
        new("keymeld_registration_missing", "200", 400, "The entry has no registration data for Keymeld"),
        new("invalid_keymeld_key", "200", 400, "The encrypted key is not one for a Keymeld enclave"),
        new("invalid_keymeld_auth", "200", 400, "The Keymeld auth key is no public key"),
        new("key_in_use", "200", 409, "This key is in use"),
        new("payout_hash_in_use", "200", 409, "This payout hash is in use"),
        new("too_many_picks", "400", 400, "More picks than allowed"),
        new("no_picks", "200", 400, "No picks"),
        new("unknown_station", "400", 400, "A station is not in the competition"),
        new("duplicate_station", "200", 400, "A station is named twice"),
    ];

    private static readonly ImmutableArray<ErrorRow> Contracts =
    [
        new("contract_not_available", "400", 400, "There is no contract yet"),
        new("no_escrow", "-", 409, "This ticket or competition has no escrow"),
        new("escrow_key", "-", 409, "The seat's escrow is made for another key"),
        new("escrow_pending", "-", 503, "The wallet has no coin for the ticket's escrow yet"),
        new("contract_not_signed", "-", 409, "Escrows are signed into the pool once the contract is signed"),
        new("signing_over", "-", 409, "The signing deadline has passed"),
        new("escrow_not_free", "-", 409, "The escrow is needed for the pool, or not paid for"),
        new("escrow_transaction", "-", 400, "Not a transaction that spends the escrow and nothing else"),
        new("escrow_unseen", "-", 503, "The escrow is not seen unspent on the chain now"),
        new("escrow_malformed", "-", 400, "The PSBT is not well formed"),
        new("escrow_extra_input", "-", 400, "The PSBT has an input that the funding transaction has not"),
        new("escrow_missing_input", "-", 400, "The PSBT lacks an input of the funding transaction"),
        new("escrow_changed_input", "-", 400, "The PSBT spends something else than the funding transaction"),
        new("escrow_extra_output", "-", 400, "The PSBT has an output that the funding transaction has not"),
        new("escrow_missing_output", "-", 400, "The PSBT lacks an output of the funding transaction"),
        new("escrow_changed_output", "-", 400, "The PSBT pays somebody else, or another amount"),
        new("escrow_changed_transaction", "-", 400, "The PSBT has another version or lock time"),
        new("escrow_signature_missing", "-", 400, "The PSBT does not hold the player's signature"),
        new("escrow_signature_malformed", "-", 400, "The signature is not strict DER with low S and a type byte"),
        new("escrow_sighash_type", "-", 400, "A signature of another type than ALL"),
        new("escrow_signature_invalid", "-", 400, "Not the player's signature over the funding transaction"),
        new("escrow_foreign_signature", "-", 400, "A signature that is not the player's on their own escrow"),
        new("nonces_not_aggregated", "400", 400, "Not every player has sent nonces"),
        new("too_many_rounds", "400", 400, "The entry has forced too many rounds"),
        new("old_round", "-", 409, "The signing round is over"),
        new("invalid_nonces", "400", 400, "The nonces are not those of the contract"),
        new("invalid_signatures", "400", 400, "The partial signatures are not those of the contract"),
        new("other_psbt", "200", 400, "The PSBT is not the competition's"),
        new("signatures_present", "200 (overwrites)", 409, "Partial signatures are stored already"),
        new("too_many_wrong_signatures", "-", 409, "Partial signatures were wrong too often in this round"),
    ];

    private static readonly ImmutableArray<ErrorRow> Payouts =
    [
        new("invalid_invoice", "400", 400, "The invoice is not usable"),
        new("wrong_network", "200", 400, "The invoice or address is for another network"),
        new("invalid_key", "400", 400, "The private key is malformed"),
        new("other_key", "400", 400, "The private key is not the entry's"),
        new("invalid_preimage", "400", 400, "The payout preimage is malformed"),
        new("other_preimage", "400", 400, "The payout preimage is not the entry's"),
        new("not_attested", "400", 400, "No outcome is confirmed"),
        new("payout_closed", "400", 400, "The payout window is over"),
        new("payout_exists", "400", 400, "The entry has a live payout"),
        new("payout_not_open", "-", 409, "Payouts are not open yet"),
        new("wrong_ticket", "400", 400, "Not the entry's ticket"),
        new("not_a_winner", "400", 400, "The entry wins nothing"),
        new("wrong_amount", "400", 400, "The invoice has another amount than the share"),
        new("invoice_expired", "200", 400, "The invoice has expired"),
        new("not_atomic", "-", 400, "The invoice does not have the payout hash"),
        new("atomic_first", "-", 409, "An atomic invoice must have failed first"),
        new("seat_not_sold", "200", 409, "The seat was not sold"),
        new("payout_held", "-", 409, "A payment to this entry is not explained yet; the operator looks into it"),
        new("not_paid", "-", 409, "The payout has not succeeded"),
        new("other_outcome", "200 (pays by the old outcome)", 409, "Another outcome was confirmed after the payout was asked for"),
        new("payment_hash_used", "200 (pays twice)", 409, "The payment hash belongs to another payout"),
        new("lightning_unavailable", "400", 503, "The Lightning node does not answer"),
        new("heights_differ", "-", 503, "Lightning and chain disagree about the height"),
    ];

    private static readonly ImmutableArray<ErrorRow> Wallet =
    [
        new("address", "500", 400, "An address of the request is malformed"),
        new("amount", "500", 400, "An amount of the request is out of range"),
        new("wallet_insufficientfunds", "500", 409, "The coins that may be used are worth too little"),
        new("wallet_feeabovelimit", "500", 409, "The fee would be above the limit given"),
        new("wallet_dust", "500", 409, "An output would be below the dust limit"),
        new("wallet_coinscontended", "500", 409, "Other requests took the chosen coins; ask again"),
        new("wallet_notspendable", "500", 409, "The output is not the wallet's to spend"),
        new("wallet_foreignpsbt", "500", 409, "The PSBT is not one of the wallet's"),
        new("payment_not_found", "-", 404, "The wallet holds no such payment"),
        new("request_id_used", "-", 409, "The request id stands for another payment"),
        new("send_replaced", "-", 409, "The payment can never confirm: its coins were spent otherwise"),
        new("broadcast", "-", 409, "The payment may be out: its coins stay reserved"),
        new("not_sent", "500", 503, "The transaction is not out yet; the same request sends the same one"),
    ];

    private static readonly ImmutableArray<ErrorRow> Users =
    [
        new("invalid_login", "401", 401, "No such user, or the wrong password"),
        new("username", "400", 400, "The user name is not acceptable"),
        new("weak_password", "400", 400, "The password is too weak"),
        new("password_not_taken", "200", 400, "This service takes a key derived from the password, not the password"),
        new("auth_key", "-", 400, "The authentication key is malformed"),
        new("nostr_pubkey", "400", 400, "The Nostr key is no npub"),
        new("other_pubkey", "201", 403, "The request is signed by another key than the account's"),
        new("network", "201", 400, "There is no such network"),
        new("username_taken", "201 (stores nothing)", 409, "The user name is taken"),
        new("user_exists", "500", 409, "The key has an account with other content"),
        new("user_not_found", "404", 404, "The key has no account"),
        new("no_password", "400", 400, "The account has no password"),
        new("wrong_password", "400", 400, "The current password is wrong"),
        new("reset_challenge", "400", 400, "The challenge is not live"),
        new("reset_event", "400", 400, "The signed event does not answer the challenge"),
    ];

    internal static ImmutableArray<ErrorRow> OfAuthentication => Authentication;

    internal static ImmutableArray<ErrorRow> All { get; } =
        [.. Door, .. Authentication, .. Competitions, .. Seats, .. Contracts, .. Payouts, .. Wallet, .. Users];
}
