"""Cross Industry Invoice (CII): the XML of Factur-X and ZUGFeRD 2, and of XRechnung in this syntax.

Source of the format: UN/CEFACT Cross Industry Invoice D16B and D22B; Factur-X 1.0.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Bill, Record, Source, Text
from .bill import Syntax, read_bill
from .file import File, Sample
from .importer import Importer, Item, Options

_DEAL = "SupplyChainTradeTransaction"
_AGREED = f"{_DEAL}/ApplicableHeaderTradeAgreement"
_DELIVERED = f"{_DEAL}/ApplicableHeaderTradeDelivery"
_SETTLED = f"{_DEAL}/ApplicableHeaderTradeSettlement"
_TOTALS = f"{_SETTLED}/SpecifiedTradeSettlementHeaderMonetarySummation"
_LINE_SETTLED = "SpecifiedLineTradeSettlement"
_PRICE = "SpecifiedLineTradeAgreement/NetPriceProductTradePrice"

CII = Syntax(
    prefix="cii",
    roots=frozenset({"CrossIndustryInvoice"}),
    number="ExchangedDocument/ID",
    code="ExchangedDocument/TypeCode",
    on="ExchangedDocument/IssueDateTime",
    due=f"{_SETTLED}/SpecifiedTradePaymentTerms/DueDateDateTime",
    currency=f"{_SETTLED}/InvoiceCurrencyCode",
    issuer=f"{_AGREED}/SellerTradeParty/Name",
    customer=f"{_AGREED}/BuyerTradeParty/ID",
    contract=f"{_AGREED}/ContractReferencedDocument/IssuerAssignedID",
    object=f"{_AGREED}/AdditionalReferencedDocument[{{*}}TypeCode='130']/IssuerAssignedID",
    point=f"{_DELIVERED}/ShipToTradeParty/ID|{_DELIVERED}/ShipToTradeParty/GlobalID",
    period_start=f"{_SETTLED}/BillingSpecifiedPeriod/StartDateTime",
    period_end=f"{_SETTLED}/BillingSpecifiedPeriod/EndDateTime",
    net=f"{_TOTALS}/TaxBasisTotalAmount",
    tax=f"{_TOTALS}/TaxTotalAmount",
    gross=f"{_TOTALS}/GrandTotalAmount",
    prepaid=f"{_TOTALS}/TotalPrepaidAmount",
    to_pay=f"{_TOTALS}/DuePayableAmount",
    lines=f"{_DEAL}/IncludedSupplyChainTradeLineItem",
    line_label="SpecifiedTradeProduct/Name",
    line_start=f"{_LINE_SETTLED}/BillingSpecifiedPeriod/StartDateTime",
    line_end=f"{_LINE_SETTLED}/BillingSpecifiedPeriod/EndDateTime",
    line_quantity="SpecifiedLineTradeDelivery/BilledQuantity",
    line_price=f"{_PRICE}/ChargeAmount",
    line_price_for=f"{_PRICE}/BasisQuantity",
    line_amount=f"{_LINE_SETTLED}/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount",
    line_vat=f"{_LINE_SETTLED}/ApplicableTradeTax/RateApplicablePercent",
    allowances=f"{_SETTLED}/SpecifiedTradeAllowanceCharge",
    allowance_is_charge="ChargeIndicator",
    allowance_amount="ActualAmount",
    allowance_reason="Reason",
    allowance_vat="CategoryTradeTax/RateApplicablePercent",
    taxes=f"{_SETTLED}/ApplicableTradeTax",
    tax_rate="RateApplicablePercent",
    tax_net="BasisAmount",
    tax_amount="CalculatedAmount",
    kept=(
        ("note", "ExchangedDocument/IncludedNote/Content"),
        ("payment_terms", f"{_SETTLED}/SpecifiedTradePaymentTerms/Description"),
        ("mandate", f"{_SETTLED}/SpecifiedTradePaymentTerms/DirectDebitMandateID"),
        ("account", f"{_SETTLED}/SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID"),
        ("line_descriptions", f"{_DEAL}/IncludedSupplyChainTradeLineItem/SpecifiedTradeProduct/Description"),
        ("payment_reference", f"{_SETTLED}/PaymentReference"),
        ("order", f"{_AGREED}/BuyerOrderReferencedDocument/IssuerAssignedID"),
        ("seller_tax_number", f"{_AGREED}/SellerTradeParty/SpecifiedTaxRegistration/ID"),
        ("delivered", f"{_DELIVERED}/ActualDeliverySupplyChainEvent/OccurrenceDateTime"),
    ),
)


class CrossIndustryInvoice:
    """One invoice."""

    name = "cii-invoice"
    version = "1"
    title = Text(en="Electronic invoice (Factur-X, ZUGFeRD: CII)", fr="Facture électronique (Factur-X, ZUGFeRD : CII)")
    holder = "issuer"
    record_types: tuple[type[Record], ...] = (Bill,)

    def recognises(self, sample: Sample) -> bool:
        return sample.is_xml and "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:" in sample.text

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        yield from read_bill(CII, file, source, options)


IMPORTERS: tuple[Importer, ...] = (CrossIndustryInvoice(),)
