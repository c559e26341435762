"""everycase checks what agencies hold on domestic abuse: every case counted, every flag true."""

__version__ = "0.1.0"
